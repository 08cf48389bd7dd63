/* SPDX-License-Identifier: ISC */
/* `--show`: the plan, each attribute beside that of the container's first process. */
#ifndef CENTERCTL_ENTER_SHOW_H
#define CENTERCTL_ENTER_SHOW_H

#include "visit.h"

/* Sends CHANNEL_SHOW. 0 or -errno. */
int show_send(const struct visit *v);

/*
 * Why entering this target is as good as having the host, as text: privileged, the host's PID namespace, an engine's
 * socket mounted, ... Empty if no reason is known. Pure.
 */
void show_host_power(const struct visit *v, struct buf *to);

#endif

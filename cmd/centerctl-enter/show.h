/* SPDX-License-Identifier: ISC */
/* `--show`: the plan, each attribute beside that of the container's first process. */
#ifndef CENTERCTL_ENTER_SHOW_H
#define CENTERCTL_ENTER_SHOW_H

#include "visit.h"

/* Sends CHANNEL_SHOW. 0 or -errno. */
int show_send(const struct visit *v);

#endif

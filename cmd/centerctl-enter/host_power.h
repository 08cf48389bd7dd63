/* SPDX-License-Identifier: ISC */
/* Whether a container is as good as the host: then whoever may enter it has that, too. */
#ifndef CENTERCTL_ENTER_HOST_POWER_H
#define CENTERCTL_ENTER_HOST_POWER_H

#include "visit.h"

/*
 * Why entering this target is as good as having the host, as text: privileged, the host's PID namespace, an engine's
 * socket mounted, ... Empty if no reason is known.
 */
void host_power_tell(const struct visit *v, struct buf *to);

#endif

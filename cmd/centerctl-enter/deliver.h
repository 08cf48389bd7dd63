/* SPDX-License-Identifier: ISC */
/* VERB_SIGNAL: signals for processes of the container, and for nobody else's. */
#ifndef CENTERCTL_ENTER_DELIVER_H
#define CENTERCTL_ENTER_DELIVER_H

#include "visit.h"

/*
 * Sends what the request says, once it has been judged and its user is known: others than root, and than who may be
 * user 0 inside, reach processes of that user alone. Each is pinned by a pidfd, and shown to be the container's,
 * before. 0 or -errno.
 */
int deliver_signal(struct visit *v, struct error *err);

#endif

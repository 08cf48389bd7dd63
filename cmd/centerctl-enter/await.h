/* SPDX-License-Identifier: ISC */
/* VERB_WAIT: until the container's first process has ended. */
#ifndef CENTERCTL_ENTER_AWAIT_H
#define CENTERCTL_ENTER_AWAIT_H

#include "visit.h"

/* Waits, and answers with the exit code. 0, -ETIME after the request's timeout, or -errno. */
int await_end(struct visit *v, struct error *err);

#endif

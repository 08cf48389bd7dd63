/* SPDX-License-Identifier: ISC */
/* What is told of a container's processes: `top`, `which`, `stats`, and the target of `debug --host-pid`. */
#ifndef CENTERCTL_ENTER_TELL_H
#define CENTERCTL_ENTER_TELL_H

#include "visit.h"

/* With host_pid: makes the container of that process the target. Nobody has been asked about it yet. 0 or -errno. */
int tell_find(struct visit *v, struct error *err);

/* With host_pid, when the container is known: its number inside becomes request.pid of who debugs. 0 or -errno. */
int tell_settle(struct visit *v, struct error *err);

/* The answers to VERB_TOP and VERB_STATS, with `watch` until the caller or the container has gone. 0 or -errno. */
int tell_processes(struct visit *v, struct error *err);
int tell_stats(struct visit *v, struct error *err);

/* The answer to VERB_WHICH. 0 or -errno. */
int tell_container(struct visit *v, struct error *err);

#endif

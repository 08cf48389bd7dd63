/* SPDX-License-Identifier: ISC */
/* `show` and `diff`: what a container is, and how its first process is confined, as the kernel has it. */
#ifndef CENTERCTL_ENTER_DESCRIBE_H
#define CENTERCTL_ENTER_DESCRIBE_H

#include "visit.h"

/* The answer to VERB_DESCRIBE, also of a container that does not run. 0 or -errno. */
int describe_container(struct visit *v, struct error *err);

/* The answer to VERB_DIFF with a session: its command beside the first process. 0 or -errno. */
int describe_session(struct visit *v, struct error *err);

#endif

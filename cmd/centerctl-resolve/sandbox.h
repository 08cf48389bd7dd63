/* SPDX-License-Identifier: ISC */
/*
 * What centerctl-resolve may still do once it parses: read and write the descriptors that it has, wait, and use
 * memory. Anything else ends it with SIGSYS.
 */
#ifndef CENTERCTL_RESOLVE_SANDBOX_H
#define CENTERCTL_RESOLVE_SANDBOX_H

#include "lib/base/error.h"

/* Resource limits: no core, no process, little memory and file. Failing to lower a limit is no reason to stop. */
void sandbox_limit(void);
/* Little time: for what is not a stream that may take hours. */
void sandbox_limit_time(void);

/* Landlock without any right (where the kernel has it), then seccomp. 0, or -errno with err set: then parse nothing. */
int sandbox_lock(struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* What the runtime and the container's own files say of the target, before anything is made of it. */
#ifndef CENTERCTL_ENTER_GATHER_H
#define CENTERCTL_ENTER_GATHER_H

#include "visit.h"

/*
 * Reads the bundle (for pid: targets, the process's own facts in its place), opens the cgroups, and asks who the user
 * is. While centerctl-resolve parses, the rest is opened. 0 or -errno.
 */
int gather(struct visit *v, struct error *err);

#endif

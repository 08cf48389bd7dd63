/* SPDX-License-Identifier: ISC */
/*
 * What might wait for somebody (an engine that hangs, a name service, a file server) or reads what strangers wrote, in
 * a process of its own that is killed when its time is up.
 */
#ifndef CENTERCTL_DOCTOR_WITHIN_H
#define CENTERCTL_DOCTOR_WITHIN_H

#include <stdbool.h>

#include "lib/base/buf.h"

enum { WITHIN_SAYS_MAX = 1 << 20 };

/*
 * Runs f in a child, which writes to `out`; what it wrote is appended to *to. 0 when f returned 0 in time, -ETIMEDOUT,
 * -EIO if it returned something else or died, or -errno. Nobody waits for a child that does not even end when killed.
 */
int within(int milliseconds, int (*f)(void *arg, int out), void *arg, struct buf *to);

/* For f: gives up every right, for good. Root becomes nobody. 0 or -errno. */
int within_drop(void);

/* The same for a program with its whole path, without any of our environment, as nobody, with `in` as its stdin. */
int within_run(int milliseconds, char *const argv[], int in, struct buf *to);

/* The first of these paths, up to NULL, that is a program, and root's alone with all above it; NULL if none is. */
const char *within_find(const char *const *paths);

#endif

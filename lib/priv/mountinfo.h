/* SPDX-License-Identifier: ISC */
/*
 * What of the host's files stands in a container, by the kernel's word: not by how an engine calls it, nor by the path
 * that was given to it, which may have been a link.
 */
#ifndef CENTERCTL_PRIV_MOUNTINFO_H
#define CENTERCTL_PRIV_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>

/* Whether it can be written to there, as far as the mount has to do with it. */
typedef bool mountinfo_test(const char *path, bool writable, const void *arg);

/*
 * Calls is with each path at which something that is mounted by `theirs` can be found by `ours`, two texts as
 * /proc/PID/mountinfo has them, until it says yes. Then that path, cut if need be, is in ret. Pure, if is is.
 */
bool mountinfo_find(const char *theirs, const char *ours, mountinfo_test *is, const void *arg, char *ret, size_t size);

#endif

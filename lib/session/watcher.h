/* SPDX-License-Identifier: ISC */
/*
 * If the part outside is killed, what it started must not live on: a second process, in a session of its own, that does
 * nothing but wait for the first one's end.
 */
#ifndef CENTERCTL_SESSION_WATCHER_H
#define CENTERCTL_SESSION_WATCHER_H

#include <sys/types.h>

#include "tree.h"

struct watcher {
	pid_t pid;
	int fd; /* its death rattle: closed without a byte written, the watcher acts */
};

#define WATCHER_INIT ((struct watcher){0, -EBADF})

/*
 * Watches over a tree, whose leader is a child of ours. Holds `executable` too, so that it is the last to close it
 * (sanitize.h); -1: none. Returns 0 or -errno.
 */
int watcher_start(struct watcher *w, int executable, const struct tree_root *tree);
/* The session has ended in order, or goes on without us: the watcher goes, and touches nothing. */
void watcher_dismiss(struct watcher *w);

#endif

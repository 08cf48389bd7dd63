/* SPDX-License-Identifier: ISC */
/*
 * Where logs, recordings and the list of running sessions lie: directories and files that are root's alone, made if
 * they are not there.
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_AUDIT_PLACE_H
#define CENTERCTL_AUDIT_PLACE_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * Opens a directory as rootpath_open() does; with `create`, makes what is missing of its path (0700). With `secret`,
 * nobody else may look inside either. Returns the descriptor or -errno.
 */
int place_open_dir(const char *path, bool create, bool secret, struct error *err);

/* The same for the directory in which the file `path` lies; *ret_name points to its name in path. */
int place_open_dir_of(const char *path, bool create, const char **ret_name, struct error *err);

/*
 * Opens a regular file in a directory that was opened as above, with flags to which O_NOFOLLOW, O_CLOEXEC, O_NONBLOCK
 * and O_NOCTTY are added; new ones are 0600. It must be root's alone, and have no other name. `shown` is for errors.
 */
int place_open_file(int dir, const char *name, const char *shown, int flags, struct error *err);

/* Takes flock(2) on fd, LOCK_EX or LOCK_SH, and waits for it until deadline. 0, -ETIMEDOUT or -errno. */
int place_lock(int fd, int operation, long long deadline);

#endif

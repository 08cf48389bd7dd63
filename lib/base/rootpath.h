/* SPDX-License-Identifier: ISC */
/*
 * Files that decide about privilege: opened from / on, component by component, each of which must belong to root, be
 * writable by nobody else (a write permission in an ACL shows in the group's bits, acl(5)), and be no symbolic link.
 */
#ifndef CENTERCTL_BASE_ROOTPATH_H
#define CENTERCTL_BASE_ROOTPATH_H

#include <stdbool.h>
#include <sys/stat.h>

#include "error.h"

/*
 * Opens an absolute path with flags (O_RDONLY, O_DIRECTORY, ...; O_NOFOLLOW, O_CLOEXEC, O_NONBLOCK and O_NOCTTY are
 * added). Nothing is created. Returns the descriptor; -ENOENT; -EPERM if one of the components is not root's alone,
 * with its name and what to do; or -errno.
 */
int rootpath_open(const char *path, int flags, struct error *err);

/*
 * A directory that is root's and closed to everybody else, or -EPERM; with create it is made first, 0700. `at` and path
 * as in openat(2).
 */
int rootpath_open_private(int at, const char *path, bool create);

/* The rule for one component, by itself. */
int rootpath_check(const struct stat *st, const char *path, struct error *err);

#endif

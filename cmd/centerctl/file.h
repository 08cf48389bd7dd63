/* SPDX-License-Identifier: ISC */
/* Small configuration files of the caller. */
#ifndef CENTERCTL_FILE_H
#define CENTERCTL_FILE_H

#include <stddef.h>

/*
 * Reads a regular file of at most max bytes below a directory (AT_FDCWD: anywhere), without ever waiting for a FIFO's
 * other end. *ret is NUL-terminated, the caller's, and holds no other NUL. 0, -ENOENT, -EINVAL (not a regular file, or
 * a NUL in it), -EFBIG or -errno.
 */
int file_read(int dirfd, const char *path, size_t max, char **ret);

#endif

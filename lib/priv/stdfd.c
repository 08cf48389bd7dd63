/* SPDX-License-Identifier: ISC */
#include "stdfd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#ifndef PIPEFS_MAGIC
#define PIPEFS_MAGIC 0x50495045
#endif

enum stdfd_kind stdfd_judge(int fd, struct error *err)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat st;
	struct statfs fs;
	if (flags < 0 || fstat(fd, &st) < 0) {
		error_errno(err, -errno, "cannot examine standard descriptor %d", fd);
		return STDFD_REFUSE;
	}
	if (flags & O_PATH) {
		error_set(err, -EBADF, "standard descriptor %d is an O_PATH descriptor: redirect it from a file", fd);
		return STDFD_REFUSE;
	}
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		error_set(err, -EISDIR, "standard descriptor %d is a directory: redirect it from a file", fd);
		return STDFD_REFUSE;
	case S_IFIFO:
		/* A FIFO with a name belongs to the host's file system. */
		return fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC ? STDFD_HAND_OVER : STDFD_RELAY;
	default:
		return STDFD_RELAY;
	}
}

bool stdfd_same(int a, int b)
{
	struct stat x, y;
	if (fstat(a, &x) < 0 || fstat(b, &y) < 0)
		return false;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino && x.st_rdev == y.st_rdev;
}

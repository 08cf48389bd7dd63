/* SPDX-License-Identifier: ISC */
#include "rootpath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"

enum { WRITABLE_BY_OTHERS = S_IWGRP | S_IWOTH };

int rootpath_check(const struct stat *st, const char *path, struct error *err)
{
	if (S_ISLNK(st->st_mode))
		return error_set(err, -EPERM, "%s is a symbolic link: put the file itself there", path);
	if (st->st_uid != 0)
		return error_set(err, -EPERM, "%s belongs to user %u, not to root: chown root %s", path,
				 (unsigned)st->st_uid, path);
	/* Sticky: it is meant to be everybody's, as /tmp is. */
	if ((st->st_mode & WRITABLE_BY_OTHERS) && (st->st_mode & S_ISVTX))
		return error_set(
			err, -EPERM,
			"%s can be written by others than root, as it is meant to be: what is below it cannot be "
			"taken, put it where root alone can write",
			path);
	if (st->st_mode & WRITABLE_BY_OTHERS)
		return error_set(err, -EPERM,
				 "%s can be written by others than root (mode %03o, or an ACL): chmod go-w %s", path,
				 (unsigned)st->st_mode & 0777, path);
	return 0;
}

/* One step down. */
static int open_component(int at, const char *name, const char *shown, int flags, struct error *err)
{
	struct stat st;
	/* O_PATH first: opening a FIFO or a device for real would already be an action. */
	cleanup_fd int handle = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (handle < 0)
		return error_errno(err, -errno, "cannot open %s", shown);
	if (fstat(handle, &st) < 0)
		return error_errno(err, -errno, "cannot examine %s", shown);
	int r = rootpath_check(&st, shown, err);
	if (r < 0)
		return r;
	if (flags & O_PATH)
		return steal_fd(&handle);
	struct stat opened;
	cleanup_fd int fd = openat(at, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &opened) < 0)
		return error_errno(err, -errno, "cannot open %s", shown);
	if (opened.st_dev != st.st_dev || opened.st_ino != st.st_ino)
		return error_set(err, -EAGAIN, "%s was replaced while it was opened: try again", shown);
	return steal_fd(&fd);
}

int rootpath_open(const char *path, int flags, struct error *err)
{
	char whole[PATH_MAX];
	if (path[0] != '/' || (size_t)snprintf(whole, sizeof(whole), "%s", path) >= sizeof(whole))
		return error_set(err, -EINVAL, "%s: an absolute path is expected", path);
	cleanup_fd int at = open_component(AT_FDCWD, "/", "/", O_PATH, err);
	for (char *name = whole + 1; at >= 0;) {
		name += strspn(name, "/");
		char *end = name + strcspn(name, "/");
		bool last = end[strspn(end, "/")] == '\0';
		char kept = *end;
		*end = '\0';
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			return error_set(err, -EINVAL, "%s: a path without . and .. is expected", path);
		int next = open_component(at, *name ? name : ".", whole, last ? flags : O_PATH, err);
		close_fd(at);
		at = next;
		if (last)
			break;
		*end = kept;
		name = end;
	}
	return steal_fd(&at);
}

int rootpath_open_private(int at, const char *path, bool create)
{
	if (create && mkdirat(at, path, 0700) < 0 && errno != EEXIST)
		return -errno;
	cleanup_fd int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return st.st_uid == 0 && (st.st_mode & 077) == 0 ? steal_fd(&fd) : -EPERM;
}

/* SPDX-License-Identifier: ISC */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"

enum { DEPTH_MAX = 32 };

/* Splits path at its last name. Returns 0, or -EINVAL where there is none: "/", "", "x". */
static int split(const char *path, char dir[PATH_MAX], const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	if (!slash || !slash[1] || (size_t)(slash - path) >= PATH_MAX - 1)
		return -EINVAL;
	size_t len = slash == path ? 1 : (size_t)(slash - path);
	memcpy(dir, path, len);
	dir[len] = '\0';
	*ret_name = slash + 1;
	return 0;
}

static int open_or_make(const char *path, int depth, struct error *err)
{
	int fd = rootpath_open(path, O_RDONLY | O_DIRECTORY, err);
	if (fd != -ENOENT || depth == 0)
		return fd;
	char above[PATH_MAX];
	const char *name;
	if (split(path, above, &name) < 0)
		return fd;
	cleanup_fd int dir = open_or_make(above, depth - 1, err);
	if (dir < 0)
		return dir;
	if (mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, -errno, "cannot make the directory %s", path);
	return rootpath_open(path, O_RDONLY | O_DIRECTORY, err);
}

int place_open_dir(const char *path, bool create, bool secret, struct error *err)
{
	cleanup_fd int fd = open_or_make(path, create ? DEPTH_MAX : 0, err);
	struct stat st;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return error_errno(err, -errno, "cannot examine %s", path);
	if (secret && (st.st_mode & 077))
		return error_set(err, -EPERM, "%s is not closed to others than root (mode %03o): chmod 700 %s", path,
				 (unsigned)st.st_mode & 0777, path);
	return steal_fd(&fd);
}

int place_open_dir_of(const char *path, bool create, const char **ret_name, struct error *err)
{
	char dir[PATH_MAX];
	if (path[0] != '/' || split(path, dir, ret_name) < 0)
		return error_set(err, -EINVAL, "%s: the absolute path of a file is expected", path);
	return place_open_dir(dir, create, false, err);
}

int place_open_file(int dir, const char *name, const char *shown, int flags, struct error *err)
{
	cleanup_fd int fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	if (fd < 0 && errno == ELOOP)
		return error_set(err, -EPERM, "%s is a symbolic link: put the file itself there", shown);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, -errno, "cannot open %s", shown);
	if (!S_ISREG(st.st_mode))
		return error_set(err, -EPERM, "%s is not a regular file", shown);
	int r = rootpath_check(&st, shown, err);
	if (r < 0)
		return r;
	if (st.st_nlink > 1)
		return error_set(err, -EPERM, "%s has a second name (hard link): remove that", shown);
	return steal_fd(&fd);
}

int place_lock(int fd, int operation, long long deadline)
{
	/* A lock that is waited for in the kernel could only be given up by a signal, and those are the session's. */
	for (long ns = 500000; flock(fd, operation | LOCK_NB) < 0; ns = ns < 8000000 ? ns * 2 : ns) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (left_ms(deadline) == 0)
			return -ETIMEDOUT;
		nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
	}
	return 0;
}

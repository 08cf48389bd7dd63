/* SPDX-License-Identifier: ISC */
#include "remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

enum { DEPTH_MAX = 256 };

/* RESOLVE_NO_XDEV is about mounts, so that a directory that is bound into the tree is no part of it either. */
static DIR *open_here(int at, const char *name, int *ret_error)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS};
	cleanup_fd int fd = (int)syscall(SYS_openat2, at, name, &how, sizeof(how));
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	*ret_error = dir ? 0 : -errno;
	if (dir)
		steal_fd(&fd);
	return dir;
}

static int remove_below(int at, const char *name, int depth);

static int remove_entries(DIR *dir, int depth)
{
	int r = 0;
	while (r == 0) {
		errno = 0;
		const struct dirent *e = readdir(dir);
		if (!e)
			return -errno;
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = remove_below(dirfd(dir), e->d_name, depth + 1);
	}
	return r;
}

static int remove_below(int at, const char *name, int depth)
{
	int r;
	if (depth > DEPTH_MAX)
		return -ELOOP;
	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	DIR *dir = open_here(at, name, &r);
	if (!dir)
		return r;
	r = remove_entries(dir, depth);
	closedir(dir);
	if (r < 0)
		return r;
	return unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -errno;
}

int remove_tree(int at, const char *name)
{
	return remove_below(at, name, 0);
}

/* SPDX-License-Identifier: ISC */
#include "destination.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { LINKS_MAX = 40 }; /* as the kernel */

void destination_done(struct destination *d)
{
	d->directory = close_fd(d->directory);
	free(d->as);
	d->as = NULL;
}

static int cannot(struct error *err, int errnum, const char *path)
{
	if (errnum == ENOENT)
		return error_set(err, -ENOENT, "cannot copy to %s: the directory that it would be in does not exist",
				 path);
	return error_errno(err, -errnum, "cannot copy to %s", path);
}

/* Splits off the last component, without slashes behind it. */
static int split(const char *path, char **ret_above, char **ret_name)
{
	size_t end = strlen(path), begin;
	while (end > 1 && path[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && path[begin - 1] != '/';)
		begin--;
	*ret_name = strndup(path + begin, end - begin);
	*ret_above = begin > 0 ? strndup(path, begin) : strdup(".");
	return *ret_name && *ret_above ? 0 : -ENOMEM;
}

/*
 * As the kernel has it (fs.protected_symlinks): in a directory like /tmp no link is followed that is neither ours nor
 * the directory's owner's.
 */
static bool may_follow(int directory, const struct stat *link)
{
	struct stat st;
	if (fstat(directory, &st) < 0)
		return false;
	return !(st.st_mode & S_ISVTX) || !(st.st_mode & S_IWOTH) || link->st_uid == geteuid() ||
	       link->st_uid == st.st_uid;
}

/* A link to a file is followed, as cp does: what it leads to is replaced. */
static int open_above(struct destination *d, const char *path, int links, struct error *err)
{
	cleanup_free char *above = NULL, *name = NULL;
	char target[PATH_MAX];
	struct stat st;
	if (split(path, &above, &name) < 0)
		return cannot(err, ENOMEM, path);
	if (!*name || str_eq(name, ".") || str_eq(name, ".."))
		return cannot(err, ENOENT, path);
	cleanup_fd int fd = open(above, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return cannot(err, errno, path);
	d->only_file = fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode);
	if (d->only_file && S_ISLNK(st.st_mode)) {
		cleanup_free char *next = NULL;
		if (!may_follow(fd, &st))
			return cannot(err, EACCES, path);
		ssize_t n = readlinkat(fd, name, target, sizeof(target) - 1);
		if (n <= 0 || links >= LINKS_MAX)
			return cannot(err, n <= 0 ? errno : ELOOP, path);
		target[n] = '\0';
		size_t len = strlen(above) + (size_t)n + 2;
		next = malloc(len);
		if (!next)
			return cannot(err, ENOMEM, path);
		next[0] = '\0';
		if (target[0] != '/')
			strcat(strcpy(next, above), "/");
		strcat(next, target);
		return open_above(d, next, links + 1, err);
	}
	d->directory = steal_fd(&fd);
	d->as = steal_ptr(name);
	return 0;
}

int destination_open(struct destination *d, const char *path, bool into, struct error *err)
{
	const size_t len = strlen(path);
	if (len == 0)
		return error_set(err, -EINVAL, "the path to copy to is empty");
	d->directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (d->directory >= 0)
		return 0;
	d->directory = -EBADF;
	if (into)
		return error_errno(err, -errno, "%s is no directory that a tar stream could be unpacked in", path);
	if (errno != ENOENT && errno != ENOTDIR)
		return cannot(err, errno, path);
	d->only_directory = path[len - 1] == '/';
	int r = open_above(d, path, 0, err);
	if (r == 0 && d->only_directory && d->only_file)
		return error_set(err, -ENOTDIR, "%s is no directory", path);
	return r;
}

void destination_apply(const struct destination *d, struct unpack_options *o)
{
	o->as = d->as;
	o->only_directory = d->only_directory;
	o->only_file = d->only_file;
}

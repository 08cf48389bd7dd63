/* SPDX-License-Identifier: ISC */
#include "staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "lib/client/lock_file.h"
#include "remove.h"
#include "toolbox.h"

/* Names that begin so are no toolboxes'. */
static const char mark = '.', lock_name[] = ".lock";

static int lock_all(int all, int *ret, struct error *err)
{
	int fd = lock_file_take(all, lock_name, INT64_MAX);
	if (fd < 0)
		return error_errno(err, fd, "cannot lock %s", toolbox_dir());
	*ret = fd;
	return 0;
}

/* Opens the directory of all toolboxes, made where it is missing, and locks it. */
static int open_all(int *ret, int *ret_lock, struct error *err)
{
	char above[4096];
	const char *path = toolbox_dir();
	const char *slash = strrchr(path, '/');
	snprintf(above, sizeof(above), "%.*s", slash ? (int)(slash - path) : 0, path);
	if (mkdir(above, 0755) < 0 && errno != EEXIST)
		return error_errno(err, -errno, "cannot make the directory %s", above);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_errno(err, -errno, "cannot make the directory %s", path);
	cleanup_fd int fd = rootpath_open(path, O_RDONLY | O_DIRECTORY, err);
	if (fd < 0)
		return fd;
	int r = lock_all(fd, ret_lock, err);
	if (r == 0)
		*ret = steal_fd(&fd);
	return r;
}

/* What choose_name() made, perhaps with what replace() appends: a snapshot directory of the file system is not ours. */
static bool is_ours(const char *name)
{
	size_t len = strlen(name);
	if (len > 4 && strcmp(name + len - 4, ".old") == 0)
		len -= 4;
	return name[0] == mark && len > 10 && name[len - 9] == '.' && strspn(name + len - 8, "0123456789abcdef") >= 8;
}

/* Nobody makes or locks one while the directory of all is locked. */
static void sweep(int all)
{
	int copy = openat(all, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		close_fd(copy);
		return;
	}
	for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		if (!is_ours(e->d_name))
			continue;
		cleanup_fd int fd = openat(all, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_tree(all, e->d_name);
	}
	closedir(dir);
}

static void choose_name(char *room, size_t size, const char *toolbox)
{
	unsigned random = 0;
	if (getrandom(&random, sizeof(random), 0) < 0)
		random = (unsigned)getpid();
	snprintf(room, size, "%c%s.%08x", mark, toolbox, random);
}

int staging_open(struct staging *s, const char *toolbox, struct error *err)
{
	umask(022);
	int r = open_all(&s->all, &s->lock, err);
	if (r < 0)
		return r;
	sweep(s->all);
	choose_name(s->name, sizeof(s->name), toolbox);
	if (mkdirat(s->all, s->name, 0711) < 0)
		return error_errno(err, -errno, "cannot make the directory %s/%s", toolbox_dir(), s->name);
	s->fd = openat(s->all, s->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->fd < 0 || flock(s->fd, LOCK_EX | LOCK_NB) < 0)
		return error_errno(err, -errno, "cannot lock %s/%s", toolbox_dir(), s->name);
	s->lock = lock_file_give(s->all, lock_name, s->lock);
	return 0;
}

int staging_write(const struct staging *s, const char *name, const char *text, struct error *err)
{
	cleanup_fd int fd = openat(s->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	int r = fd < 0 ? -errno : write_full(fd, text, strlen(text));
	return r < 0 ? error_errno(err, r, "cannot write %s/%s/%s", toolbox_dir(), s->name, name) : 0;
}

/* Not every file system can exchange two names; then there is a moment in which nothing has it. */
static int replace(const struct staging *s, const char *toolbox)
{
	char aside[sizeof(s->name) + 8];
	if (renameat2(s->all, s->name, s->all, toolbox, RENAME_EXCHANGE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	snprintf(aside, sizeof(aside), "%s.old", s->name);
	if (renameat(s->all, toolbox, s->all, aside) < 0 || renameat(s->all, s->name, s->all, toolbox) < 0)
		return -errno;
	return renameat(s->all, aside, s->all, s->name) < 0 ? -errno : 0;
}

int staging_commit(struct staging *s, const char *toolbox, struct error *err)
{
	int r = lock_all(s->all, &s->lock, err);
	if (r < 0)
		return r;
	r = fchmod(s->fd, 0755) < 0 ? -errno : 0;
	if (r == 0)
		r = renameat2(s->all, s->name, s->all, toolbox, RENAME_NOREPLACE) < 0 ? -errno : 0;
	if (r == -EINVAL)
		r = renameat(s->all, s->name, s->all, toolbox) < 0 ? -errno : 0;
	if (r == -EEXIST || r == -ENOTEMPTY || r == -ENOTDIR)
		r = replace(s, toolbox);
	else if (r == 0)
		s->name[0] = '\0';
	if (r < 0)
		return error_errno(err, r, "cannot give the toolbox its name, %s/%s", toolbox_dir(), toolbox);
	return 0;
}

static int say_rest(int r, const char *name, struct error *err)
{
	if (r == -EXDEV)
		return error_set(err, r, "something is mounted below %s/%s: unmount it, and remove that directory",
				 toolbox_dir(), name);
	return error_errno(err, r, "cannot remove %s/%s", toolbox_dir(), name);
}

static int remove_one(int all, const char *toolbox, struct error *err)
{
	char name[128];
	sweep(all);
	choose_name(name, sizeof(name), toolbox);
	if (renameat(all, toolbox, all, name) < 0)
		return errno == ENOENT ? error_set(err, -ENOENT, "there is no toolbox \"%s\"", toolbox)
				       : error_errno(err, -errno, "cannot remove %s/%s", toolbox_dir(), toolbox);
	int r = remove_tree(all, name);
	return r < 0 ? say_rest(r, name, err) : 0;
}

int staging_remove(const char *toolbox, struct error *err)
{
	cleanup_fd int all = -EBADF;
	int lock = -EBADF, r = open_all(&all, &lock, err);
	if (r == 0)
		r = remove_one(all, toolbox, err);
	lock_file_give(all, lock_name, lock);
	return r;
}

void staging_done(struct staging *s)
{
	if (s->name[0] && s->all >= 0 && s->fd >= 0)
		remove_tree(s->all, s->name);
	s->lock = lock_file_give(s->all, lock_name, s->lock);
	s->fd = close_fd(s->fd);
	s->all = close_fd(s->all);
}

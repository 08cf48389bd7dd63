/* SPDX-License-Identifier: ISC */
#include "registry_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/client/lock_file.h"

enum { LOCK_WAIT_MS = 10000 };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static int open_directory(const char *path, struct error *err)
{
	size_t len = (size_t)(base_name(path) - path);
	cleanup_free char *dir = len > 0 ? strndup(path, len) : strdup(".");
	if (!dir)
		return error_errno(err, -ENOMEM, "%s", path);
	for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(dir, 0755) < 0 && errno != EEXIST)
			return error_errno(err, -errno, "cannot make the directory %s", dir);
		*slash = '/';
	}
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? error_errno(err, -errno, "cannot open the directory %s", dir) : fd;
}

static void lock_name(const char *path, char room[64])
{
	snprintf(room, 64, ".%.50s.lock", base_name(path));
}

void registry_edit_done(struct registry_edit *e)
{
	char name[64];
	if (e->path) {
		lock_name(e->path, name);
		e->lock = lock_file_give(e->dir, name, e->lock);
	}
	free(e->path);
	e->path = NULL;
	e->dir = close_fd(e->dir);
	registry_close(&e->old);
	buf_done(&e->text);
}

static int lock(struct registry_edit *e, struct error *err)
{
	char name[64];
	lock_name(e->path, name);
	e->lock = lock_file_take(e->dir, name, now_ms() + LOCK_WAIT_MS);
	if (e->lock == -ETIMEDOUT)
		return error_set(err, -ETIMEDOUT, "%s is being changed by somebody else", e->path);
	return e->lock < 0 ? error_errno(err, e->lock, "cannot lock %s", e->path) : 0;
}

int registry_edit_begin(const char *path, struct registry_edit *ret, struct error *err)
{
	cleanup_registry_edit struct registry_edit e = REGISTRY_EDIT_INIT;
	e.path = strdup(path);
	e.dir = e.path ? open_directory(path, err) : error_errno(err, -ENOMEM, "%s", path);
	if (e.dir < 0)
		return e.dir;
	int r = lock(&e, err);
	if (r < 0)
		return r;
	cleanup_fd int fd = openat(e.dir, base_name(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		return error_errno(err, -errno, "cannot open %s", path);
	e.old.text = "";
	r = fd < 0 ? 0 : registry_map(fd, &e.old, err);
	if (r < 0)
		return r;
	*ret = e;
	e = REGISTRY_EDIT_INIT;
	return 0;
}

static int write_new(struct registry_edit *e, const char *name)
{
	cleanup_fd int fd = openat(e->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	int r = write_full(fd, e->text.data, e->text.len);
	if (r == 0 && (fchmod(fd, 0644) < 0 || fsync(fd) < 0))
		r = -errno;
	return r;
}

int registry_edit_commit(struct registry_edit *e, struct error *err)
{
	char name[64];
	uint64_t number;
	if (e->text.failed)
		return error_errno(err, -ENOMEM, "%s", e->path);
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_errno(err, -errno, "random numbers");
	snprintf(name, sizeof(name), ".%.30s.%016llx", base_name(e->path), (unsigned long long)number);
	int r = write_new(e, name);
	if (r == 0 && renameat(e->dir, name, e->dir, base_name(e->path)) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(e->dir, name, 0);
		return error_errno(err, r, "cannot write %s", e->path);
	}
	return fsync(e->dir) < 0 ? error_errno(err, -errno, "cannot write %s", e->path) : 0;
}

/* SPDX-License-Identifier: ISC */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "hook.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"
#include "sys.h"

static const char CGROUP_ROOT[] = "/sys/fs/cgroup";

void cgroups_done(struct cgroups *c)
{
	for (size_t i = 0; i < c->count; i++) {
		c->at[i].dir = close_fd(c->at[i].dir);
		c->at[i].tasks = close_fd(c->at[i].tasks);
		c->at[i].init_dir = close_fd(c->at[i].init_dir);
	}
	c->count = 0;
	c->memory_events = close_fd(c->memory_events);
}

/* The inode of the initial cgroup namespace: PROC_CGROUP_INIT_INO of linux/nsfs.h. */
static const ino_t INITIAL_CGROUP_NS = 0xEFFFFFFB;

/*
 * Opens path if it is the root of a hierarchy of the wanted kind. The root directory of a kernfs has inode 1; in a
 * cgroup namespace of our own (an engine inside a container), paths and mounts begin at that namespace's root instead.
 */
static int open_hierarchy(const char *path, bool v2, bool in_namespace)
{
	cleanup_fd int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	struct statfs fs;
	struct stat st;
	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	bool right = v2 ? fs.f_type == CGROUP2_SUPER_MAGIC : fs.f_type == CGROUP_SUPER_MAGIC;
	return right && (st.st_ino == 1 || in_namespace) ? steal_fd(&fd) : -ENOENT;
}

/* Where the hierarchy is mounted, as cgroups(7) and systemd have it: by its controllers or its name. */
static int find_hierarchy(const struct proc_cgroup *line, bool in_namespace)
{
	if (line->hierarchy == 0) {
		int fd = open_hierarchy(CGROUP_ROOT, true, in_namespace);
		return fd >= 0 ? fd : open_hierarchy("/sys/fs/cgroup/unified", true, in_namespace);
	}
	const char *name = str_after(line->controllers, "name=");
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", CGROUP_ROOT, name ? name : line->controllers);
	int fd = open_hierarchy(path, false, in_namespace);
	if (fd >= 0 || !strchr(line->controllers, ','))
		return fd;
	/* "cpu,cpuacct" may be mounted as cpuacct,cpu; each controller then has a link of its own. */
	snprintf(path, sizeof(path), "%s/%.*s", CGROUP_ROOT, (int)strcspn(line->controllers, ","), line->controllers);
	return open_hierarchy(path, false, in_namespace);
}

static const char *own_path_in(const struct target *t, uint32_t hierarchy)
{
	for (size_t i = 0; i < t->own_cgroups.count; i++)
		if (t->own_cgroups.line[i].hierarchy == hierarchy)
			return t->own_cgroups.line[i].path;
	return "";
}

static void hierarchy_name(const struct proc_cgroup *line, char *buf, size_t size)
{
	snprintf(buf, size, "%s", line->hierarchy == 0 ? "unified" : line->controllers);
}

/* Whether a comma-separated list has the controller. */
static bool has_controller(const struct proc_cgroup *line, const char *name)
{
	size_t len = strlen(name);
	for (const char *at = line->controllers; *at; at += *at == ',') {
		size_t n = strcspn(at, ",");
		if (n == len && memcmp(at, name, len) == 0)
			return true;
		at += n;
	}
	return false;
}

static int open_below(int root, const char *path)
{
	return sys_openat2(root, path[1] ? path + 1 : ".", O_PATH | O_DIRECTORY,
			   RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
}

static int open_one(struct cgroup_hierarchy *h, const struct proc_cgroup *line, const char *path, bool in_namespace,
		    struct error *err)
{
	cleanup_fd int root = find_hierarchy(line, in_namespace);
	if (root < 0)
		return error_set(err, -ENOENT, "the cgroup hierarchy %s is not mounted below %s", h->name, CGROUP_ROOT);
	h->dir = open_below(root, path);
	if (h->dir < 0 && errno == ENOENT)
		return error_set(err, -ENOENT, "the container's cgroup %s is gone (%s): is it being removed", path,
				 h->name);
	if (h->dir < 0)
		return error_errno(err, -errno, "cannot open the container's cgroup %s (%s)", path, h->name);
	h->limits_pids = h->v2 ? faccessat(h->dir, "pids.max", F_OK, 0) == 0 : has_controller(line, "pids");
	if (h->v2) {
		h->init_dir = strcmp(path, line->path) == 0 ? -EBADF : open_below(root, line->path);
		return 0;
	}
	h->tasks = openat(h->dir, "tasks", O_WRONLY | O_CLOEXEC);
	if (h->tasks < 0)
		return error_errno(err, -errno, "cannot open the tasks of cgroup %s (%s)", path, h->name);
	return 0;
}

static void open_memory_events(struct cgroups *c, const struct proc_cgroup *line, const struct cgroup_hierarchy *h)
{
	if (c->memory_events >= 0)
		return;
	if (strcmp(line->controllers, "memory") == 0)
		c->memory_events = openat(h->dir, "memory.oom_control", O_RDONLY | O_CLOEXEC);
	else if (h->v2)
		c->memory_events = openat(h->dir, "memory.events", O_RDONLY | O_CLOEXEC);
}

static bool is_in_namespace(const struct target *t)
{
	ino_t own_ns = t->ns[__builtin_ctz(NS_CGROUP)].own;
	return own_ns != 0 && own_ns != INITIAL_CGROUP_NS;
}

/* What init made below the container's own cgroup is init's affair. NULL: no memory. */
static char *container_path(const struct proc_cgroup *line, const char *id)
{
	char owner[65], *path = strdup(line->path);
	size_t len;
	if (path && id && proc_cgroup_owner(path, owner, &len) && strcmp(owner, id) == 0)
		path[len] = '\0';
	return path;
}

int cgroups_open(struct cgroups *c, const struct target *t, const char *id, bool own_path, struct error *err)
{
	*c = (struct cgroups){.v2 = -1, .memory_events = -EBADF};
	bool in_namespace = is_in_namespace(t);
	for (size_t i = 0; i < t->cgroups.count; i++) {
		const struct proc_cgroup *line = &t->cgroups.line[i];
		struct cgroup_hierarchy h = {
			.dir = -EBADF, .init_dir = -EBADF, .tasks = -EBADF, .v2 = line->hierarchy == 0};
		hierarchy_name(line, h.name, sizeof(h.name));
		cleanup_free char *path = container_path(line, own_path ? NULL : id);
		if (!path)
			return -ENOMEM;
		if (strcmp(path, own_path_in(t, line->hierarchy)) == 0)
			continue;
		int r = open_one(&h, line, path, in_namespace, err);
		c->at[c->count++] = h;
		if (r < 0)
			return r;
		if (h.v2)
			c->v2 = (int)c->count - 1;
		open_memory_events(c, line, &h);
	}
	return 0;
}

int cgroups_read_devices(const struct target *t, const char *id, char **ret)
{
	enum { MOST = 1 << 20 };
	if (hook_fails("cgroup-devices"))
		return -ENOENT;
	for (size_t i = 0; i < t->cgroups.count; i++) {
		const struct proc_cgroup *line = &t->cgroups.line[i];
		if (line->hierarchy == 0 || !has_controller(line, "devices"))
			continue;
		cleanup_free char *path = container_path(line, id);
		if (!path || strcmp(path, own_path_in(t, line->hierarchy)) == 0)
			return -ENOENT;
		cleanup_fd int root = find_hierarchy(line, is_in_namespace(t));
		cleanup_fd int dir = root < 0 ? -EBADF : open_below(root, path);
		cleanup_fd int fd = dir < 0 ? -EBADF : openat(dir, "devices.list", O_RDONLY | O_CLOEXEC);
		size_t len;
		return fd < 0 ? -ENOENT : read_all(fd, MOST, ret, &len);
	}
	return -ENOENT;
}

int cgroup_join_self(const struct cgroup_hierarchy *h)
{
	if (hook_fails("cgroup-tasks") || hook_fails("cgroup"))
		return -errno;
	return write(h->tasks, "0", 1) < 0 ? -errno : 0;
}

int cgroup_clone_dir(const struct cgroup_hierarchy *h, bool again)
{
	return again ? h->init_dir : h->dir;
}

static int join_pid_at(int dir, pid_t pid)
{
	cleanup_fd int fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", (int)pid);
	if (fd < 0 || write(fd, text, (size_t)len) < 0)
		return -errno;
	return 0;
}

int cgroup_join_pid(const struct cgroup_hierarchy *h, pid_t pid)
{
	if (hook_fails("cgroup"))
		return -errno;
	int r = hook_fails("cgroup-busy") ? -EBUSY : join_pid_at(h->dir, pid);
	return r == -EBUSY && h->init_dir >= 0 ? join_pid_at(h->init_dir, pid) : r;
}

/* The number behind "KEY " in a file of such lines, or -1. */
static long keyed_value(int fd, const char *key)
{
	char text[1024];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	for (const char *line = text; *line;) {
		const char *value = str_after(line, key);
		if (value && *value == ' ')
			return strtol(value, NULL, 10);
		line = strchrnul(line, '\n');
		if (*line)
			line++;
	}
	return -1;
}

long cgroups_oom_kills(const struct cgroups *c)
{
	return c->memory_events < 0 ? -1 : keyed_value(c->memory_events, "oom_kill");
}

static bool read_small(const struct cgroup_hierarchy *h, const char *file, char *buf, size_t size)
{
	cleanup_fd int fd = openat(h->dir, file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, buf, size - 1);
	if (n < 0)
		return false;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return true;
}

void cgroups_pids_limit(const struct cgroups *c, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < c->count; i++)
		if (read_small(&c->at[i], "pids.max", buf, size) && strcmp(buf, "max") != 0)
			return;
	buf[0] = '\0';
}

bool cgroups_frozen(const struct cgroups *c)
{
	char text[64];
	for (size_t i = 0; i < c->count; i++) {
		const struct cgroup_hierarchy *h = &c->at[i];
		if (!h->v2 && strcmp(h->name, "freezer") == 0 && read_small(h, "freezer.state", text, sizeof(text)))
			return strcmp(text, "THAWED") != 0;
		if (h->v2 && read_small(h, "cgroup.freeze", text, sizeof(text)) && text[0] == '1')
			return true;
	}
	return false;
}

static bool is_roots(int dir)
{
	struct stat st, procs;
	return fstat(dir, &st) == 0 && st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)) &&
	       fstatat(dir, "cgroup.procs", &procs, 0) == 0 && procs.st_uid == 0 &&
	       !(procs.st_mode & (S_IWGRP | S_IWOTH));
}

/* Cuts path behind its last component all of whose ancestors, itself included, are root's. Returns whether it had to.
 */
static bool cut_to_roots(int root, char *path)
{
	for (char *end = path; *end;) {
		end += 1 + strcspn(end + 1, "/");
		char kept = *end;
		*end = '\0';
		cleanup_fd int dir = open_below(root, path);
		bool good = dir >= 0 && is_roots(dir);
		if (!good) {
			char *slash = strrchr(path, '/');
			slash[slash == path] = '\0';
			return true;
		}
		*end = kept;
	}
	return false;
}

static int leave_one(const struct proc_cgroup *line, bool in_namespace)
{
	cleanup_fd int root = find_hierarchy(line, in_namespace);
	if (root < 0 || !line->path[1])
		return 0;
	cleanup_free char *path = strdup(line->path);
	if (!path)
		return -ENOMEM;
	if (!cut_to_roots(root, path))
		return 0;
	for (;;) {
		cleanup_fd int dir = open_below(root, path);
		int r = dir < 0 ? -errno : join_pid_at(dir, getpid());
		/* One that has handed its controllers on takes no process; the root takes any. */
		if ((r != -EBUSY && r != -EOPNOTSUPP) || !path[1])
			return r;
		char *slash = strrchr(path, '/');
		slash[slash == path] = '\0';
	}
}

int cgroups_leave_delegated(int proc, struct error *err)
{
	cleanup_free char *text = NULL;
	cleanup_proc_cgroups struct proc_cgroups own = {0};
	struct stat st;
	int r = proc_read(proc, "self/cgroup", &text, err);
	if (r < 0)
		return r;
	if (proc_cgroups_parse(text, &own) < 0)
		return error_set(err, -EBADMSG, "/proc/self/cgroup cannot be understood");
	bool in_namespace = stat("/proc/self/ns/cgroup", &st) == 0 && st.st_ino != INITIAL_CGROUP_NS;
	for (size_t i = 0; i < own.count; i++) {
		r = leave_one(&own.line[i], in_namespace);
		if (r < 0)
			return error_errno(err, r, "cannot leave cgroup %s, which is not root's", own.line[i].path);
	}
	return 0;
}

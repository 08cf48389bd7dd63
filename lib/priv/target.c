/* SPDX-License-Identifier: ISC */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

enum { PROC_FILE_MAX = 256 << 10, PROC_ROOT_INODE = 1 };

int proc_open_root(struct error *err)
{
	cleanup_fd int fd = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, -errno, "cannot open /proc");
	struct statfs fs;
	struct stat st;
	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return error_errno(err, -errno, "cannot examine /proc");
	if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != PROC_ROOT_INODE)
		return error_set(err, -EXDEV, "/proc is not a procfs: refusing to believe what it says");

	/* A procfs of another PID namespace would number processes differently. */
	char self[32], expected[32];
	ssize_t n = readlinkat(fd, "self", self, sizeof(self) - 1);
	self[n < 0 ? 0 : n] = '\0';
	snprintf(expected, sizeof(expected), "%d", (int)getpid());
	if (strcmp(self, expected) != 0)
		return error_set(err, -EXDEV, "/proc belongs to another PID namespace: mount the right one");
	return steal_fd(&fd);
}

int proc_open(int dir, const char *path, int flags)
{
	int fd = sys_openat2(dir, path, (uint64_t)flags, RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS);
	return fd < 0 ? -errno : fd;
}

static int proc_open_error(struct error *err, int code, const char *path)
{
	if (code == -EXDEV)
		return error_set(err, code, "/proc/…/%s is covered by another mount: refusing to use it", path);
	if (code == -ENOSYS)
		return sys_missing(err, "openat2", "5.6");
	if (code == -ENOENT || code == -ESRCH)
		return error_set(err, -ESRCH, "the process has ended");
	return error_errno(err, code, "cannot open /proc/…/%s", path);
}

int proc_read(int dir, const char *path, char **ret_text, struct error *err)
{
	cleanup_fd int fd = proc_open(dir, path, O_RDONLY);
	if (fd < 0)
		return proc_open_error(err, fd, path);
	size_t len;
	int r = read_all(fd, PROC_FILE_MAX, ret_text, &len);
	if (r == -ESRCH)
		return error_set(err, r, "the process has ended");
	return r < 0 ? error_errno(err, r, "cannot read /proc/…/%s", path) : 0;
}

int proc_write(int dir, const char *path, const char *text)
{
	cleanup_fd int fd = proc_open(dir, path, O_WRONLY);
	return fd < 0 ? fd : write_full(fd, text, strlen(text));
}

int proc_mount_of(int proc, int fd)
{
	char path[48];
	cleanup_free char *text = NULL;
	snprintf(path, sizeof(path), "self/fdinfo/%d", fd);
	if (proc_read(proc, path, &text, NULL) < 0)
		return -1;
	const char *id = strstr(text, "mnt_id:");
	return id ? (int)strtol(id + strlen("mnt_id:"), NULL, 10) : -1;
}

void target_done(struct target *t)
{
	t->proc = close_fd(t->proc);
	t->dir = close_fd(t->dir);
	t->pidfd = close_fd(t->pidfd);
	t->root = close_fd(t->root);
	proc_status_done(&t->status);
	proc_cgroups_done(&t->cgroups);
	proc_cgroups_done(&t->own_cgroups);
}

int target_alive(const struct target *t)
{
	return sys_pidfd_send_signal(t->pidfd, 0) < 0 ? -ESRCH : 0;
}

static int pin(struct target *t, pid_t pid, struct error *err)
{
	t->pidfd = sys_pidfd_open(pid);
	if (t->pidfd < 0) {
		int code = -errno;
		if (code == -ENOSYS)
			return sys_missing(err, "pidfd_open", "5.3");
		if (code == -ESRCH)
			return error_set(err, code, "there is no process %d on this host", (int)pid);
		if (code == -EINVAL)
			return error_set(err, code, "%d is a thread, not a process", (int)pid);
		return error_errno(err, code, "cannot open process %d", (int)pid);
	}
	char name[32];
	snprintf(name, sizeof(name), "%d", (int)pid);
	t->dir = proc_open(t->proc, name, O_PATH | O_DIRECTORY);
	if (t->dir < 0)
		return proc_open_error(err, t->dir, name);
	/* Alive now, so its number was not given to another process between the two. */
	if (target_alive(t) < 0)
		return error_set(err, -ESRCH, "process %d has ended", (int)pid);
	return 0;
}

static int read_status(struct target *t, struct error *err)
{
	cleanup_free char *text = NULL;
	int r = proc_read(t->dir, "status", &text, err);
	if (r < 0)
		return r;
	if (proc_status_parse(text, &t->status) < 0)
		return error_set(err, -EBADMSG, "cannot understand /proc/%d/status", (int)t->pid);
	if (t->status.tgid != t->pid)
		return error_set(err, -EINVAL, "%d is a thread of process %d, not a process", (int)t->pid,
				 (int)t->status.tgid);
	t->ppid = t->status.ppid;
	return 0;
}

static int read_stat(struct target *t, struct error *err)
{
	cleanup_free char *text = NULL;
	int r = proc_read(t->dir, "stat", &text, err);
	if (r < 0)
		return r;
	struct proc_stat stat;
	if (proc_stat_parse(text, &stat) < 0)
		return error_set(err, -EBADMSG, "cannot understand /proc/%d/stat", (int)t->pid);
	if (stat.state == 'Z' || stat.state == 'X')
		return error_set(err, -ESRCH, "process %d has ended", (int)t->pid);
	t->start_time = stat.start_time;
	t->nice = (int)stat.nice;
	return 0;
}

static int read_cgroups(int dir, const char *path, struct proc_cgroups *ret, struct error *err)
{
	cleanup_free char *text = NULL;
	int r = proc_read(dir, path, &text, err);
	if (r < 0)
		return r;
	if (proc_cgroups_parse(text, ret) < 0)
		return error_set(err, -EBADMSG, "cannot understand /proc/…/%s", path);
	return 0;
}

static int read_map(struct target *t, const char *path, struct proc_map *ret, struct error *err)
{
	cleanup_free char *text = NULL;
	int r = proc_read(t->dir, path, &text, err);
	if (r < 0)
		return r;
	if (proc_map_parse(text, ret) < 0)
		return error_set(err, -EBADMSG, "cannot understand /proc/%d/%s", (int)t->pid, path);
	return 0;
}

/* The inode of a namespace; 0 where the kernel has no such kind. Links in ns/ are magic, and followed on purpose. */
static int ns_inode(int dir, const char *name, ino_t *ret, struct error *err)
{
	char path[32];
	snprintf(path, sizeof(path), "ns/%s", name);
	cleanup_fd int link = proc_open(dir, path, O_PATH | O_NOFOLLOW);
	if (link < 0 && link != -ENOENT)
		return proc_open_error(err, link, path);
	struct stat st;
	*ret = 0;
	if (link < 0)
		return 0;
	if (fstatat(dir, path, &st, 0) < 0)
		return error_errno(err, -errno, "cannot see its %s namespace", name);
	*ret = st.st_ino;
	return 0;
}

static int read_namespaces(struct target *t, struct error *err)
{
	cleanup_fd int self = proc_open(t->proc, "self", O_PATH | O_DIRECTORY);
	if (self < 0)
		return proc_open_error(err, self, "self");
	for (int i = 0; i < TARGET_NS_COUNT; i++) {
		const char *name = ns_bit_name(1u << i);
		int r = ns_inode(t->dir, name, &t->ns[i].target, err);
		if (r == 0)
			r = ns_inode(self, name, &t->ns[i].own, err);
		if (r < 0)
			return r;
	}
	return 0;
}

unsigned target_foreign_ns(const struct target *t)
{
	unsigned bits = 0;
	for (int i = 0; i < TARGET_NS_COUNT; i++)
		if (t->ns[i].target != t->ns[i].own)
			bits |= 1u << i;
	return bits;
}

static int read_limits(struct target *t, struct error *err)
{
	cleanup_free char *text = NULL;
	int r = proc_read(t->dir, "limits", &text, err);
	if (r < 0)
		return r;
	r = proc_limits_parse(text, t->limits);
	return r < 0 ? error_errno(err, r, "cannot read the resource limits of process %d", (int)t->pid) : 0;
}

static int read_oom_score_adj(struct target *t, struct error *err)
{
	cleanup_free char *text = NULL;
	int r = proc_read(t->dir, "oom_score_adj", &text, err);
	if (r < 0)
		return r;
	t->oom_score_adj = strtol(text, NULL, 10);
	return 0;
}

/* A kernel without an LSM answers EINVAL: then there is no label. Any other failure is not taken for that. */
static int read_label(struct target *t, struct error *err)
{
	cleanup_free char *text = NULL;
	struct error why = ERROR_INIT;
	int r = proc_read(t->dir, "attr/current", &text, &why);
	if (r == -EINVAL)
		return 0;
	if (r == 0) {
		text[strcspn(text, "\n")] = '\0';
		if (strlen(text) >= sizeof(t->label))
			r = error_set(&why, -E2BIG, "it is too long");
	}
	if (r < 0)
		return error_set(err, r, "cannot read the security label of process %d: %s", (int)t->pid, why.text);
	memcpy(t->label, text, strlen(text) + 1);
	return 0;
}

static int read_facts(struct target *t, struct error *err)
{
	int r = read_status(t, err);
	if (r == 0)
		r = read_stat(t, err);
	if (r == 0)
		r = read_cgroups(t->dir, "cgroup", &t->cgroups, err);
	if (r == 0)
		r = read_cgroups(t->proc, "self/cgroup", &t->own_cgroups, err);
	if (r == 0)
		r = read_map(t, "uid_map", &t->uid_map, err);
	if (r == 0)
		r = read_map(t, "gid_map", &t->gid_map, err);
	if (r == 0)
		r = read_namespaces(t, err);
	if (r == 0)
		r = read_limits(t, err);
	if (r == 0)
		r = read_oom_score_adj(t, err);
	if (r == 0 && sched_getaffinity(t->pid, sizeof(t->affinity), &t->affinity) < 0)
		r = error_errno(err, -errno, "cannot read the CPU affinity of process %d", (int)t->pid);
	return r == 0 ? read_label(t, err) : r;
}

int target_open(struct target *t, int proc, pid_t pid, struct error *err)
{
	t->pid = pid;
	t->proc = fcntl(proc, F_DUPFD_CLOEXEC, 3);
	if (t->proc < 0)
		return error_errno(err, -errno, "cannot duplicate a descriptor");
	int r = pin(t, pid, err);
	if (r == 0)
		r = read_facts(t, err);
	if (r < 0)
		return r;
	/* "root" is a magic link, followed on purpose: the one place where a path of the container begins. */
	t->root = openat(t->dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->root < 0)
		return error_errno(err, errno == ENOENT ? -ESRCH : -errno,
				   "cannot open the root directory of process %d", (int)pid);
	if (target_alive(t) < 0)
		return error_set(err, -ESRCH, "process %d has ended", (int)pid);
	return 0;
}

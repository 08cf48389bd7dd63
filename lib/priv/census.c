/* SPDX-License-Identifier: ISC */
#include "census.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"
#include "proc_cgroup.h"
#include "procfs.h"
#include "sys.h"

/* Calls f with the directory of each process, until one returns something else than 0. */
static int each_process(int proc, int (*f)(int dir, pid_t pid, void *arg), void *arg)
{
	int copy = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		close_fd(copy);
		return -errno;
	}
	int r = 0;
	for (struct dirent *d; r == 0 && (d = readdir(dir));) {
		uint64_t pid;
		if (!is_digits(d->d_name) || parse_u64(d->d_name, INT32_MAX, &pid) < 0)
			continue;
		cleanup_fd int one = proc_open(proc, d->d_name, O_PATH | O_DIRECTORY);
		/* A process that has ended meanwhile is none. */
		r = one < 0 ? 0 : f(one, (pid_t)pid, arg);
	}
	closedir(dir);
	return r;
}

static bool is_in_pid_ns(int dir, const struct target *t)
{
	struct stat st;
	return fstatat(dir, "ns/pid", &st, 0) == 0 && st.st_ino == target_ns_inode(t, NS_PID);
}

static int read_cgroups_of(int dir, struct proc_cgroups *ret)
{
	cleanup_free char *text = NULL;
	int r = proc_read(dir, "cgroup", &text, NULL);
	return r < 0 ? r : proc_cgroups_parse(text, ret);
}

static bool is_of(int dir, const struct target *t, const char *id)
{
	struct error ignored;
	cleanup_proc_cgroups struct proc_cgroups c = {.count = 0};
	return read_cgroups_of(dir, &c) == 0 && proc_cgroups_prove(&c, &t->own_cgroups, id, &ignored) == 0;
}

struct census {
	const struct target *t;
	const char *id;
	struct processes *to;
	uint32_t room;
};

static void read_argv(int dir, struct process *p)
{
	char text[PROCESSES_ARGV_MAX];
	cleanup_fd int fd = proc_open(dir, "cmdline", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return;
	text[n] = '\0';
	/* Words may be empty, and as many as there are bytes: whoever made them is not to keep us busy. */
	int words = 0;
	for (const char *at = text; at < text + n && words < PROCESSES_WORDS_MAX; at += strlen(at) + 1, words++)
		if (strv_add(&p->argv, at) < 0)
			return;
}

/* The name stands between the first and the last parenthesis. */
static int read_name(const char *stat, struct process *p)
{
	const char *from = strchr(stat, '('), *to = strrchr(stat, ')');
	if (!from || !to || to < from)
		return -EBADMSG;
	p->name = strndup(from + 1, (size_t)(to - from - 1));
	return p->name ? 0 : -ENOMEM;
}

static void set_usage(const struct proc_stat *stat, struct process *p)
{
	struct timespec now;
	uint64_t tick_ms = 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
	clock_gettime(CLOCK_BOOTTIME, &now);
	uint64_t now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	uint64_t began_ms = stat->start_time * tick_ms;
	p->cpu_ms = stat->cpu_time * tick_ms;
	p->age_ms = now_ms > began_ms ? now_ms - began_ms : 0;
	p->resident = stat->resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* ppid is still the host's number. */
static int read_process(int dir, const struct target *t, struct process *p)
{
	cleanup_free char *status_text = NULL;
	cleanup_free char *stat_text = NULL;
	cleanup_proc_status struct proc_status s = {.umask = 0};
	struct proc_stat stat;
	if (proc_read(dir, "status", &status_text, NULL) < 0 || proc_status_parse(status_text, &s) < 0 ||
	    proc_read(dir, "stat", &stat_text, NULL) < 0 || proc_stat_parse(stat_text, &stat) < 0)
		return -ESRCH;
	if (s.ns_depth < t->status.ns_depth)
		return -ESRCH;
	p->pid = s.ns_pids[t->status.ns_depth - 1];
	p->ppid = stat.ppid;
	p->state = stat.state;
	set_usage(&stat, p);
	if (proc_map_in(&t->uid_map, s.uid[1], &p->uid) < 0)
		p->uid = UINT32_MAX;
	return read_name(stat_text, p);
}

static int add_process(int dir, pid_t pid, void *arg)
{
	struct census *c = arg;
	if (c->id ? !is_of(dir, c->t, c->id) : !is_in_pid_ns(dir, c->t))
		return 0;
	if (c->to->count == PROCESSES_MAX)
		return -E2BIG;
	if (c->to->count == c->room) {
		c->room = c->room ? c->room * 2 : 32;
		struct process *bigger = reallocarray(c->to->process, c->room, sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		c->to->process = bigger;
	}
	struct process *p = &c->to->process[c->to->count];
	*p = (struct process){.host_pid = pid};
	int r = read_process(dir, c->t, p);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	c->to->count++;
	read_argv(dir, p);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct process *left = a, *right = b;
	return (left->pid > right->pid) - (left->pid < right->pid);
}

static void translate_parents(struct processes *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		pid_t outside = p->process[i].ppid;
		p->process[i].ppid = 0;
		for (uint32_t j = 0; j < p->count; j++)
			if (p->process[j].host_pid == outside)
				p->process[i].ppid = p->process[j].pid;
	}
}

_Noreturn static void census_child(const struct target *t, const char *id, int to)
{
	/* If this process hangs for good, no reader of the caller's output shall wait for it. */
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	cleanup_processes struct processes all = {0};
	cleanup_buf struct buf b = {0};
	struct census c = {.t = t, .id = id, .to = &all};
	if (each_process(t->proc, add_process, &c) < 0)
		_exit(1);
	qsort(all.process, all.count, sizeof(*all.process), by_number);
	translate_parents(&all);
	processes_encode(&all, &b);
	_exit(b.failed || write_full(to, b.data, b.len) < 0);
}

static int receive(int from, int abort_fd, int64_t deadline, struct buf *b)
{
	enum { ALL_MAX = 64 << 20 };
	for (;;) {
		char part[16384];
		int r = wait_fd_or(from, POLLIN, abort_fd, deadline);
		ssize_t n = r < 0 ? r : read(from, part, sizeof(part));
		if (r < 0)
			return r;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		buf_add(b, part, (size_t)n);
		if (b->failed || b->len > ALL_MAX)
			return -E2BIG;
	}
}

int census_take(const struct target *t, const char *id, int abort_fd, struct processes *ret, struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, -errno, "cannot make a pipe");
	cleanup_fd int from = ends[0];
	cleanup_fd int to = ends[1];
	pid_t pid = fork();
	if (pid < 0)
		return error_errno(err, -errno, "cannot fork");
	if (pid == 0)
		census_child(t, id, to);
	to = close_fd(to);
	cleanup_buf struct buf b = {0};
	int r = receive(from, abort_fd, now_ms() + CENSUS_TIMEOUT_MS, &b);
	sys_kill_child(pid);
	if (r == -ETIMEDOUT)
		return error_set(err, r, "a process of the container does not let its command line be read");
	if (r == 0)
		r = processes_decode(b.data, b.len, ret);
	return r < 0 && r != -ECANCELED ? error_errno(err, r, "cannot list the processes of the container") : r;
}

static int is_stranger(int dir, pid_t pid, void *arg)
{
	const struct census *c = arg;
	struct proc_stat stat;
	cleanup_free char *text = NULL;
	(void)pid;
	if (!is_in_pid_ns(dir, c->t) || is_of(dir, c->t, c->id))
		return 0;
	/* What is about to end shows in no cgroup, and harms nobody: the tool of a session before, for one. */
	return proc_read(dir, "stat", &text, NULL) == 0 && proc_stat_parse(text, &stat) == 0 && !stat.exiting &&
	       stat.state != 'Z' && stat.state != 'X';
}

/* What a runtime is about to make of a process of this container is for a moment in its PID namespace and in no cgroup.
 */
bool census_is_shared(const struct target *t, const char *id)
{
	enum { TRIES = 4, MOMENT_US = 25000 };
	struct census c = {.t = t, .id = id};
	for (int i = 0; i < TRIES; i++) {
		if (each_process(t->proc, is_stranger, &c) == 0)
			return false;
		usleep(MOMENT_US);
	}
	return true;
}

struct child {
	const struct target *t;
	const char *id;
	pid_t parent, found;
};

static int is_child(int dir, pid_t pid, void *arg)
{
	struct child *c = arg;
	struct proc_stat stat;
	cleanup_free char *text = NULL;
	if (proc_read(dir, "stat", &text, NULL) < 0 || proc_stat_parse(text, &stat) < 0 || stat.ppid != c->parent ||
	    !is_of(dir, c->t, c->id))
		return 0;
	c->found = pid;
	return 1;
}

pid_t census_find_child(const struct target *t, const char *id, pid_t parent)
{
	struct child c = {.t = t, .id = id, .parent = parent};
	return each_process(t->proc, is_child, &c) == 1 ? c.found : -ESRCH;
}

int census_find(int proc, pid_t pid, const struct target *inside, char ret_id[65], pid_t *ret_pid)
{
	char name[16];
	size_t len;
	snprintf(name, sizeof(name), "%d", (int)pid);
	cleanup_fd int dir = proc_open(proc, name, O_PATH | O_DIRECTORY);
	cleanup_proc_cgroups struct proc_cgroups c = {.count = 0};
	if (dir < 0 || read_cgroups_of(dir, &c) < 0)
		return -ESRCH;
	size_t i = 0;
	while (i < c.count && !proc_cgroup_owner(c.line[i].path, ret_id, &len))
		i++;
	if (i == c.count)
		return -ENOENT;
	if (!inside)
		return 0;
	struct process p = {.name = NULL};
	int r = is_of(dir, inside, ret_id) ? read_process(dir, inside, &p) : -ENOENT;
	free(p.name);
	*ret_pid = p.pid;
	return r;
}

/* SPDX-License-Identifier: ISC */
#include "tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/procfs.h"
#include "lib/priv/sys.h"
#include "lib/priv/target.h"

enum { TREE_GENTLE_MS = 3000, TREE_REST_MS = 2000, TREE_CHASE_MS = 100 };

void tree_done(struct tree *t)
{
	cleanup_free_function(&t->process);
	t->count = 0;
}

static bool is_rooted(const struct tree_process *p, const struct tree_root *root)
{
	return p->pid == root->leader || p->session == root->leader || (root->mounts && p->mounts == root->mounts);
}

enum { NO = 0, YES, UNKNOWN, SEEN };

static int by_pid(const void *a, const void *b)
{
	const struct tree_process *const *x = a, *const *y = b;
	return ((*x)->pid > (*y)->pid) - ((*x)->pid < (*y)->pid);
}

static struct tree_process *parent_of(struct tree_process *const *sorted, size_t count, const struct tree_process *p)
{
	const struct tree_process wanted = {.pid = p->ppid}, *key = &wanted;
	struct tree_process *const *found = bsearch(&key, sorted, count, sizeof(*sorted), by_pid);
	return found ? *found : NULL;
}

/* Up to somebody who is known, and the same way again. Numbers that were used twice could make a ring. */
static void settle(struct tree_process *const *sorted, size_t count, struct tree_process *p)
{
	struct tree_process *up = p;
	for (; up && up->member == UNKNOWN; up = parent_of(sorted, count, up))
		up->member = SEEN;
	int member = up && up->member == YES ? YES : NO;
	for (; p && p->member == SEEN; p = parent_of(sorted, count, p))
		p->member = member;
}

/* A container may have any number of processes, in any order: none is compared with all others. */
void tree_mark(struct tree *t, const struct tree_root *root)
{
	cleanup_free struct tree_process **sorted = calloc(t->count + 1, sizeof(struct tree_process *));
	for (size_t i = 0; i < t->count; i++) {
		struct tree_process *p = &t->process[i];
		bool young = p->start_time >= root->since;
		p->member = young && is_rooted(p, root) ? YES : young && sorted ? UNKNOWN : NO;
		if (sorted)
			sorted[i] = p;
	}
	if (!sorted)
		return;
	qsort(sorted, t->count, sizeof(struct tree_process *), by_pid);
	for (size_t i = 0; i < t->count; i++)
		settle(sorted, t->count, &t->process[i]);
}

static bool read_process(int proc, const char *name, struct tree_process *ret)
{
	char path[64], text[1024];
	if (strlen(name) > 20)
		return false;
	memcpy(path, name, strlen(name) + 1);
	strcat(path, "/stat");
	cleanup_fd int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	struct proc_stat stat;
	if (proc_stat_parse(text, &stat) < 0 || stat.state == 'Z' || stat.state == 'X')
		return false;
	*ret = (struct tree_process){.pid = (pid_t)strtol(name, NULL, 10),
				     .ppid = stat.ppid,
				     .session = stat.session,
				     .start_time = stat.start_time};
	return true;
}

static ino_t mounts_of(int proc, const char *name)
{
	char path[40];
	struct stat st;
	snprintf(path, sizeof(path), "%.20s/ns/mnt", name);
	return fstatat(proc, path, &st, 0) == 0 ? st.st_ino : 0;
}

/* Every process that started with the root or later. */
static void tree_read(const struct tree_root *root, struct tree *ret)
{
	int proc = root->proc;
	*ret = (struct tree){0};
	int copy = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		close_fd(copy);
		return;
	}
	size_t room = 0;
	for (struct dirent *d; (d = readdir(dir));) {
		struct tree_process p;
		if (!is_digits(d->d_name) || !read_process(proc, d->d_name, &p) || p.start_time < root->since)
			continue;
		if (root->mounts)
			p.mounts = mounts_of(proc, d->d_name);
		if (ret->count == room) {
			room = room ? room * 2 : 64;
			struct tree_process *bigger = reallocarray(ret->process, room, sizeof(*bigger));
			if (!bigger)
				break;
			ret->process = bigger;
		}
		ret->process[ret->count++] = p;
	}
	closedir(dir);
}

/* Signals one process, if the number still means it. */
static void signal_one(int proc, const struct tree_process *p, int sig)
{
	cleanup_fd int pidfd = sys_pidfd_open(p->pid);
	char name[24];
	struct tree_process now;
	snprintf(name, sizeof(name), "%d", (int)p->pid);
	if (pidfd >= 0 && read_process(proc, name, &now) && now.start_time == p->start_time)
		sys_pidfd_send_signal(pidfd, sig);
}

/* Returns what tells these members from others: 0 if there are none. */
static uint64_t signal_members(int proc, const struct tree *t, int sig)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < t->count; i++) {
		const struct tree_process *p = &t->process[i];
		if (!p->member)
			continue;
		signal_one(proc, p, sig);
		sum += (uint64_t)p->pid << 32 | (uint32_t)p->start_time;
	}
	return sum;
}

static bool is_alive(int proc, const struct tree_process *p)
{
	char name[24];
	struct tree_process now;
	snprintf(name, sizeof(name), "%d", (int)p->pid);
	return read_process(proc, name, &now) && now.start_time == p->start_time;
}

static bool any_alive(int proc, const struct tree *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->process[i].member && is_alive(proc, &t->process[i]))
			return true;
	return false;
}

static void wait_for_end(int proc, const struct tree *t, int grace_ms)
{
	for (int64_t until = now_ms() + grace_ms; now_ms() < until && any_alive(proc, t);)
		usleep(10000);
}

/* Signals all of it, and gives it time to end. */
static void ask_to_end(int proc, const struct tree *t, int sig, int grace_ms)
{
	if (signal_members(proc, t, sig) == 0)
		return;
	signal_members(proc, t, SIGCONT);
	wait_for_end(proc, t, grace_ms);
}

static bool is_member(const void *arg, pid_t pid)
{
	const struct tree *t = arg;
	for (size_t i = 0; i < t->count; i++)
		if (t->process[i].pid == pid)
			return t->process[i].member;
	return false;
}

static void stop_traced(const struct tree_root *root, const struct tree *t)
{
	enum { SETTLE_US = 60000 };
	/* The tracer takes note of the stop, and waits for what it is to do next. */
	if (halted_stop_traced(root->halted, is_member, t) > 0)
		usleep(SETTLE_US);
}

void tree_hold_traced(const struct tree_root *root)
{
	struct tree t;
	tree_read(root, &t);
	tree_mark(&t, root);
	stop_traced(root, &t);
	tree_done(&t);
}

/* The number that was given last, to a process or a thread: the last word of that file. 0: not known. */
static pid_t newest(int proc)
{
	char text[128];
	/* Where we are in a container ourselves, a file of somebody else's may stand there. */
	cleanup_fd int fd = proc_open(proc, "loadavg", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	const char *last = strrchr(text, ' ');
	return last ? (pid_t)strtol(last, NULL, 10) : 0;
}

/*
 * Pinned first: what holds for the number afterwards holds for this process, or that has ended and nothing is reached.
 * One that has ended keeps its session until it is collected. Nor need its start be compared with the root's: nothing
 * older can come into a session or, but by root's own will, into that mount namespace; and neither of their numbers is
 * given to anything else while the leader is not collected and the namespace is held.
 */
static bool kill_rooted(const struct tree_root *root, pid_t pid)
{
	cleanup_fd int pidfd = sys_pidfd_open(pid);
	if (pidfd < 0)
		return false;
	char name[24];
	snprintf(name, sizeof(name), "%d", (int)pid);
	struct pollfd ended = {.fd = pidfd, .events = POLLIN};
	bool ours = getsid(pid) == root->leader || (root->mounts && mounts_of(root->proc, name) == root->mounts);
	return ours && poll(&ended, 1, 0) == 0 && sys_pidfd_send_signal(pidfd, SIGKILL) == 0;
}

/*
 * What makes another process and ends is gone by the time that a walk over all of them comes back to it. So the newest
 * ones are looked at, and killed at once, until they have been somebody else's for a while. Returns the newest one that
 * was met, 0 if none was.
 */
static pid_t chase(const struct tree_root *root)
{
	enum { NUMBERS = 8, QUIET = 8 };
	int64_t until = now_ms() + TREE_CHASE_MS;
	pid_t met = 0;
	for (int quiet = 0; quiet < QUIET && now_ms() < until; quiet++) {
		pid_t last = newest(root->proc), low = met > last - NUMBERS ? met : last - NUMBERS;
		for (pid_t pid = last; pid > 0 && pid > low; pid--) {
			if (!kill_rooted(root, pid))
				continue;
			met = pid > met ? pid : met;
			quiet = -1;
		}
	}
	return met;
}

/* Until nobody is left. Those that cannot end, being frozen or in the midst of a system call, are not waited for. */
static void kill_rest(const struct tree_root *root)
{
	enum { SAME_ROUNDS = 5 };
	int64_t until = now_ms() + TREE_REST_MS;
	uint64_t before = 0;
	for (int same = 0; same < SAME_ROUNDS && now_ms() < until;) {
		struct tree again;
		uint64_t seen = (uint64_t)chase(root);
		tree_read(root, &again);
		tree_mark(&again, root);
		seen += signal_members(root->proc, &again, SIGKILL);
		tree_done(&again);
		if (seen == 0)
			break;
		same = seen == before ? same + 1 : 0;
		before = seen;
		usleep(5000);
	}
}

void tree_end(const struct tree_root *root, int grace_ms)
{
	struct tree first;
	int proc = root->proc;
	tree_read(root, &first);
	tree_mark(&first, root);
	/* Nobody is left who could start anything. */
	if (!any_alive(proc, &first) && chase(root) == 0) {
		tree_done(&first);
		return;
	}
	if (root->halted) {
		if (root->asked)
			wait_for_end(proc, &first, TREE_GENTLE_MS);
		stop_traced(root, &first);
		ask_to_end(proc, &first, SIGTERM, TREE_GENTLE_MS);
	}
	ask_to_end(proc, &first, SIGHUP, grace_ms);
	/* Those that were members, even if their parents have ended since, and whatever they made meanwhile. */
	signal_members(proc, &first, SIGKILL);
	tree_done(&first);
	kill_rest(root);
}

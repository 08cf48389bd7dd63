/* SPDX-License-Identifier: ISC */
#include "halted.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "procfs.h"
#include "sys.h"
#include "target.h"

enum { PROCS_MAX = 1 << 20, DEPTH_MAX = 8 };

struct walk {
	struct halted *h;
	void (*visit)(struct walk *w, pid_t pid, int pidfd);
	bool (*is_tracer)(const void *arg, pid_t pid);
	const void *arg;
	size_t count;
};

static bool is_in(const struct halted_process *list, size_t count, pid_t pid, uint64_t start_time)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].pid == pid && list[i].start_time == start_time)
			return true;
	return false;
}

/* Whether it is stopped by a signal, and since when it runs. It has been pinned: what is read is of that process. */
static bool is_stopped(const struct halted *h, pid_t pid, uint64_t *ret_start)
{
	char path[32];
	struct proc_stat stat;
	cleanup_free char *text = NULL;
	snprintf(path, sizeof(path), "%d/stat", (int)pid);
	if (proc_read(h->proc, path, &text, NULL) < 0 || proc_stat_parse(text, &stat) < 0)
		return false;
	*ret_start = stat.start_time;
	return stat.state == 'T';
}

static void note_one(struct walk *w, pid_t pid, int pidfd)
{
	uint64_t start;
	struct halted *h = w->h;
	(void)pidfd;
	if (h->count == HALTED_MAX || !is_stopped(h, pid, &start))
		return;
	h->process[h->count].pid = pid;
	h->process[h->count++].start_time = start;
}

static void continue_one(struct walk *w, pid_t pid, int pidfd)
{
	uint64_t start = 0;
	const struct halted *h = w->h;
	bool stopped = is_stopped(h, pid, &start);
	if (is_in(h->process, h->count, pid, start))
		return;
	if (is_in(h->held, h->held_count, pid, start))
		sys_pidfd_send_signal(pidfd, SIGCONT);
	else if (stopped && sys_pidfd_send_signal(pidfd, SIGCONT) == 0)
		w->count++;
}

static pid_t tracer_of(int proc, pid_t pid)
{
	char path[32];
	uint64_t tracer = 0;
	cleanup_free char *text = NULL;
	snprintf(path, sizeof(path), "%d/status", (int)pid);
	const char *line = proc_read(proc, path, &text, NULL) < 0 ? NULL : strstr(text, "\nTracerPid:\t");
	if (!line)
		return 0;
	line += strlen("\nTracerPid:\t");
	text[strcspn(line, "\n") + (size_t)(line - text)] = '\0';
	return parse_u64(line, INT32_MAX, &tracer) < 0 ? 0 : (pid_t)tracer;
}

static bool is_strace(int proc, pid_t pid)
{
	char path[32];
	cleanup_free char *text = NULL;
	snprintf(path, sizeof(path), "%d/comm", (int)pid);
	return proc_read(proc, path, &text, NULL) == 0 && strcmp(text, "strace\n") == 0;
}

static void stop_one(struct walk *w, pid_t pid, int pidfd)
{
	uint64_t start = 0;
	struct halted *h = w->h;
	pid_t tracer = tracer_of(h->proc, pid);
	if (tracer == 0 || !w->is_tracer(w->arg, tracer) || is_strace(h->proc, tracer) || h->held_count == HALTED_MAX)
		return;
	(void)is_stopped(h, pid, &start);
	if (sys_pidfd_send_signal(pidfd, SIGSTOP) < 0)
		return;
	w->count++;
	h->held[h->held_count++] = (struct halted_process){.pid = pid, .start_time = start};
}

static void visit_process(struct walk *w, const char *number)
{
	uint64_t pid;
	if (parse_u64(number, INT32_MAX, &pid) < 0 || pid == 0)
		return;
	cleanup_fd int pidfd = sys_pidfd_open((pid_t)pid);
	if (pidfd >= 0)
		w->visit(w, (pid_t)pid, pidfd);
}

static void visit_procs(struct walk *w, int dir)
{
	cleanup_fd int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	cleanup_free char *text = NULL;
	size_t len;
	if (fd < 0 || read_all(fd, PROCS_MAX, &text, &len) < 0)
		return;
	for (char *line = text; *line;) {
		char *end = strchrnul(line, '\n');
		char *next = *end ? end + 1 : end;
		*end = '\0';
		visit_process(w, line);
		line = next;
	}
}

/* A container with a systemd of its own keeps its processes in cgroups below. */
static void visit_cgroup(struct walk *w, int dir, int depth)
{
	visit_procs(w, dir);
	int copy = depth < DEPTH_MAX ? openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	if (!list) {
		close_fd(copy);
		return;
	}
	for (struct dirent *d; (d = readdir(list));) {
		if (d->d_type != DT_DIR || d->d_name[0] == '.')
			continue;
		cleanup_fd int below = openat(dir, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0)
			visit_cgroup(w, below, depth + 1);
	}
	closedir(list);
}

static size_t walk(const struct halted *h, struct walk w)
{
	/* What writes to it is called with one that may be written to. */
	w.h = (struct halted *)(uintptr_t)h;
	if (h->cgroup >= 0)
		visit_cgroup(&w, h->cgroup, 0);
	return w.count;
}

void halted_note(struct halted *h, int proc, const struct cgroups *c)
{
	h->proc = proc;
	h->cgroup = c->count > 0 ? c->at[0].dir : -EBADF;
	h->count = h->held_count = 0;
	walk(h, (struct walk){.visit = note_one});
}

size_t halted_stop_traced(struct halted *h, bool (*is_tracer)(const void *arg, pid_t pid), const void *arg)
{
	return walk(h, (struct walk){.visit = stop_one, .is_tracer = is_tracer, .arg = arg});
}

size_t halted_continue(const struct halted *h)
{
	return walk(h, (struct walk){.visit = continue_one});
}

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
	bool repair;
	size_t count;
};

static bool is_known(const struct halted *h, pid_t pid, uint64_t start_time)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->process[i].pid == pid && h->process[i].start_time == start_time)
			return true;
	return false;
}

static void visit_process(struct walk *w, const char *number)
{
	char path[32];
	uint64_t pid;
	struct proc_stat stat;
	struct halted *h = w->h;
	cleanup_free char *text = NULL;
	if (parse_u64(number, INT32_MAX, &pid) < 0 || pid == 0)
		return;
	cleanup_fd int pidfd = sys_pidfd_open((pid_t)pid);
	snprintf(path, sizeof(path), "%u/stat", (unsigned)pid);
	/* Read after it was pinned: it is that process whose state this is, or the signal goes nowhere. */
	if (pidfd < 0 || proc_read(h->proc, path, &text, NULL) < 0 || proc_stat_parse(text, &stat) < 0 ||
	    stat.state != 'T')
		return;
	if (!w->repair && h->count < HALTED_MAX) {
		h->process[h->count].pid = (pid_t)pid;
		h->process[h->count++].start_time = stat.start_time;
	}
	if (w->repair && !is_known(h, (pid_t)pid, stat.start_time) && sys_pidfd_send_signal(pidfd, SIGCONT) == 0)
		w->count++;
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

void halted_note(struct halted *h, int proc, const struct cgroups *c)
{
	h->proc = proc;
	h->cgroup = c->count > 0 ? c->at[0].dir : -EBADF;
	h->count = 0;
	struct walk w = {.h = h};
	if (h->cgroup >= 0)
		visit_cgroup(&w, h->cgroup, 0);
}

size_t halted_continue(const struct halted *h)
{
	struct walk w = {.h = (struct halted *)(uintptr_t)h, .repair = true};
	if (h->cgroup >= 0)
		visit_cgroup(&w, h->cgroup, 0);
	return w.count;
}

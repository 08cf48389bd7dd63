/* SPDX-License-Identifier: ISC */
#include "watcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/priv/sys.h"

enum { WATCHER_GRACE_MS = 500 };

/* A descriptor of ours at a place below `count`, which the next step leaves open. */
static int keep(int fd, int *count)
{
	return fd < 0 ? -1 : dup2(fd, (*count)++);
}

_Noreturn static void watch(int fd, int executable, const struct tree_root *tree)
{
	struct tree_root root = *tree;
	/* Nothing of the caller's may stay open here: a reader of its pipe would wait for us. */
	int count = 0, end = keep(fd, &count), table = root.proc = keep(tree->proc, &count);
	struct halted inherited = {.cgroup = -1};
	if (root.halted) {
		inherited = *root.halted;
		inherited.cgroup = keep(inherited.cgroup, &count);
		inherited.proc = table;
		root.halted = &inherited;
		root.asked = true;
	}
	/* The last to close these waits for the kernel to take mounts apart. */
	(void)keep(executable, &count);
	(void)keep(tree->mounts ? tree->room : -1, &count);
	if (end < 0 || table < 0 || sys_close_from((unsigned)count) < 0)
		_exit(1);
	setsid();
	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGCHLD)
			signal(sig, SIG_IGN);
	char byte;
	if (read_full(end, &byte, 1) != 1) {
		tree_end(&root, WATCHER_GRACE_MS);
		if (root.halted)
			halted_continue(root.halted);
	}
	_exit(0);
}

int watcher_start(struct watcher *w, int executable, const struct tree_root *tree)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid_t pid = fork();
	if (pid < 0) {
		int code = -errno;
		close_fd(ends[0]);
		close_fd(ends[1]);
		return code;
	}
	if (pid == 0) {
		close_fd(ends[1]);
		watch(ends[0], executable, tree);
	}
	close_fd(ends[0]);
	*w = (struct watcher){.pid = pid, .fd = ends[1]};
	return 0;
}

void watcher_dismiss(struct watcher *w)
{
	if (w->pid <= 0)
		return;
	/* It ends on its own; waiting for that would only make every command last longer. */
	(void)write_full(w->fd, "", 1);
	close_fd(w->fd);
	*w = WATCHER_INIT;
}

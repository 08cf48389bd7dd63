/* SPDX-License-Identifier: ISC */
#include "doctor_within.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"

enum { NOBODY = 65534, REAP_MS = 1000 };

int within_drop(void)
{
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0))
		return -errno;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

/* Whether it came to its end in time. */
static bool collect(int fd, int64_t deadline, struct buf *to)
{
	char piece[4096];
	for (;;) {
		int r = wait_fd(fd, POLLIN, deadline);
		if (r < 0)
			return false;
		ssize_t n = read(fd, piece, sizeof(piece));
		if (n == 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && to->len < WITHIN_SAYS_MAX)
			buf_add(to, piece, (size_t)n);
	}
}

/* A process that waits for a disk or a file server that is gone does not end even when killed: it is left to init. */
static int reap(pid_t pid, int64_t deadline, int *ret_status)
{
	for (;;) {
		pid_t r = waitpid(pid, ret_status, WNOHANG);
		if (r == pid)
			return 0;
		if (r < 0 && errno != EINTR)
			return -errno;
		if (left_ms(deadline) == 0)
			return -ETIMEDOUT;
		poll(NULL, 0, 1);
	}
}

__attribute__((noreturn)) static void child(int (*f)(void *arg, int out), void *arg, int out)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	_exit(f(arg, out) == 0 ? 0 : 1);
}

int within(int milliseconds, int (*f)(void *arg, int out), void *arg, struct buf *to)
{
	int ends[2], status;
	int64_t deadline = now_ms() + milliseconds;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	cleanup_fd int in = ends[0], out = ends[1];
	signal(SIGCHLD, SIG_DFL);
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		child(f, arg, out);
	out = close_fd(out);
	bool whole = collect(in, deadline, to);
	int r = whole ? reap(pid, deadline, &status) : -ETIMEDOUT;
	if (r < 0) {
		kill(pid, SIGKILL);
		reap(pid, now_ms() + REAP_MS, &status);
		return r;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

struct program {
	char *const *argv;
	int in;
};

static int execute(void *arg, int out)
{
	const struct program *p = arg;
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C", zone[] = "TZ=UTC";
	char *environment[] = {path, locale, zone, NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(p->in < 0 ? null : p->in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0 || chdir("/") < 0)
		return -errno;
	int r = within_drop();
	if (r < 0)
		return r;
	execve(p->argv[0], p->argv, environment);
	return -errno;
}

int within_run(int milliseconds, char *const argv[], int in, struct buf *to)
{
	struct program p = {argv, in};
	return within(milliseconds, execute, &p, to);
}

const char *within_find(const char *const *paths)
{
	for (; *paths; paths++) {
		struct error err;
		cleanup_fd int fd = rootpath_open(*paths, O_PATH, &err);
		if (fd >= 0 && access(*paths, X_OK) == 0)
			return *paths;
	}
	return NULL;
}

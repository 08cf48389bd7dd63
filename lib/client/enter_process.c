/* SPDX-License-Identifier: ISC */
#include "enter_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/cleanup.h"

extern char **environ;

enum { FIRST_FD = STDERR_FILENO + 1 };

void enter_process_done(struct enter_process *p)
{
	p->channel = close_fd(p->channel);
	p->pidfd = close_fd(p->pidfd);
}

int enter_process_check_fds(uint32_t count, struct error *err)
{
	for (uint32_t i = 0; i < count; i++)
		if (fcntl(FIRST_FD + (int)i, F_GETFD) < 0)
			return error_set(err, -EBADF, "--preserve-fds %u: descriptor %u is not open", count,
					 FIRST_FD + i);
	return 0;
}

const char *enter_process_directory(void)
{
#if CENTERCTL_TEST_HOOKS
	const char *dir = getenv("CENTERCTL_LIBEXECDIR");
	if (dir)
		return dir;
#endif
	return CENTERCTL_LIBEXECDIR;
}

/*
 * A row of file actions and attributes for posix_spawn(3), which shares our memory until execve(2): fork(2) would copy
 * page tables for nothing.
 */
static int spawn(const char *path, char *const argv[], int channel, int channel_there, const int kept[2], pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	int r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&attributes);
	if (r == 0) {
		posix_spawnattr_setsigmask(&attributes, &none);
		posix_spawnattr_setsigdefault(&attributes, &all);
		posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
		/* First: the channel's place may be the number of one of these. */
		for (int i = 0; i < 2 && r == 0; i++)
			if (kept[i] > 0)
				r = posix_spawn_file_actions_adddup2(&actions, kept[i], STDOUT_FILENO + i);
		/* dup2() of a descriptor onto itself makes it survive, too: posix_spawn(3) clears FD_CLOEXEC then. */
		if (r == 0)
			r = posix_spawn_file_actions_adddup2(&actions, channel, channel_there);
		if (r == 0)
			r = posix_spawn(ret, path, &actions, &attributes, argv, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

static int run(uint32_t preserve_fds, int channel, const int kept[2], pid_t *ret, struct error *err)
{
	char path[4096], channel_word[32], fds_word[32];
	int channel_there = FIRST_FD + (int)preserve_fds;
	snprintf(path, sizeof(path), "%s/centerctl-enter", enter_process_directory());
	snprintf(channel_word, sizeof(channel_word), "--channel=%d", channel_there);
	snprintf(fds_word, sizeof(fds_word), "--preserve-fds=%u", preserve_fds);
	char *const argv[] = {path, channel_word, preserve_fds ? fds_word : NULL, NULL};
	int r = spawn(path, argv, channel, channel_there, kept, ret);
	if (r < 0)
		return error_errno(err, r, "cannot run %s (is centerctl installed completely?)", path);
	return 0;
}

static int open_pidfd(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	return fd < 0 ? -errno : fd;
}

int enter_process_close_fds(uint32_t preserve_fds, const int kept[2], struct error *err)
{
	unsigned from = FIRST_FD + preserve_fds;
	for (int i = 0; i < 3; i++) {
		/* The lower one of the two first, and the rest last. */
		int next = i < 2 ? (kept[0] < kept[1]) == (i == 0) ? kept[0] : kept[1] : -1;
		unsigned to = next < 0 ? ~0U : (unsigned)next - 1;
		if (next >= 0 && (unsigned)next < from)
			continue;
		if (from <= to && syscall(SYS_close_range, from, to, 0) < 0)
			return error_errno(err, -errno, "the kernel is too old: close_range(2), of Linux 5.9");
		from = (unsigned)next + 1;
	}
	return 0;
}

int enter_process_start(struct enter_process *ret, uint32_t preserve_fds, const int kept[2], struct error *err)
{
	/* An ignored SIGCHLD, inherited from the caller, would make the child vanish without its exit code. */
	signal(SIGCHLD, SIG_DFL);

	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, -errno, "cannot make a socket pair");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	pid_t pid;
	int r = run(preserve_fds, theirs, kept, &pid, err);
	if (r < 0)
		return r;
	if (preserve_fds > 0)
		syscall(SYS_close_range, FIRST_FD, FIRST_FD + preserve_fds - 1, 0);
	int pidfd = open_pidfd(pid);
	if (pidfd < 0)
		return error_errno(err, pidfd, "the kernel is too old: pidfd_open(2), of Linux 5.3");
	*ret = (struct enter_process){.pid = pid, .channel = steal_fd(&ours), .pidfd = pidfd};
	return 0;
}

int enter_process_wait(struct enter_process *p, struct error *err)
{
	int status;
	while (waitpid(p->pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, -errno, "cannot wait for centerctl-enter");
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	int number = WTERMSIG(status);
	const char *name = sigdescr_np(number);
	return error_set(err, -EPROTO, "centerctl-enter died by signal %d (%s)", number, name ? name : "unknown");
}

/* SPDX-License-Identifier: ISC */
#include "signals.h"

#include <errno.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/*
 * Left out: what nobody can catch; faults, which are our own; SIGCHLD, SIGPIPE and SIGURG, which tell of our own work;
 * SIGTTIN and SIGTTOU, which stop a background job that touches the terminal, as they should.
 */
static const int passed_on[] = {
	SIGHUP,	   SIGINT,  SIGQUIT,  SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF,
	SIGCONT,   SIGTSTP, SIGWINCH, SIGIO,   SIGPWR,	SIGXCPU, SIGXFSZ, SIGABRT,
#ifdef SIGSTKFLT
	SIGSTKFLT,
#endif
};

static void add_unless_ignored(sigset_t *set, int number)
{
	struct sigaction action;
	/* A blocked signal would be kept for the signalfd even if it is ignored, so it must not be in the set. */
	if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
		sigaddset(set, number);
}

int signals_open(void)
{
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
		add_unless_ignored(&set, passed_on[i]);
	for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
		add_unless_ignored(&set, number);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int signals_next(int fd)
{
	struct signalfd_siginfo info;
	return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}

bool signals_is_ending(int number)
{
	return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

void signals_stop_self(void)
{
	sigset_t stop, resume, before;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigemptyset(&resume);
	sigaddset(&resume, SIGCONT);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &before); /* we stop here */
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigtimedwait(&resume, NULL, &(struct timespec){0});
}

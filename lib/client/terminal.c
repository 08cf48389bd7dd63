/* SPDX-License-Identifier: ISC */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};

/* Static, because a signal handler needs it. */
static struct {
	struct termios before;
	bool known; /* `before` is set, and the handlers are in place */
	volatile sig_atomic_t raw;
	struct sigaction faults[ARRAY_SIZE(fault_signals)];
	bool controlling;
} terminal;

void terminal_size(uint16_t *ret_rows, uint16_t *ret_cols)
{
	static const int fds[] = {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO};
	*ret_rows = 24;
	*ret_cols = 80;
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		struct winsize size;
		if (ioctl(fds[i], TIOCGWINSZ, &size) < 0)
			continue;
		if (size.ws_row > 0 && size.ws_col > 0) {
			*ret_rows = size.ws_row;
			*ret_cols = size.ws_col;
		}
		return;
	}
}

/* Async-signal-safe. The signal comes again under its earlier action once this returns: it is blocked until then. */
static void on_fault(int number)
{
	int saved = errno;
	if (terminal.raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
	for (size_t i = 0; i < ARRAY_SIZE(fault_signals); i++)
		if (fault_signals[i] == number)
			sigaction(number, &terminal.faults[i], NULL);
	raise(number);
	errno = saved;
}

static void catch_faults(void)
{
	struct sigaction action = {.sa_handler = on_fault};
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(fault_signals); i++)
		sigaction(fault_signals[i], &action, &terminal.faults[i]);
}

static int set_mode(const struct termios *mode)
{
	while (tcsetattr(STDIN_FILENO, TCSADRAIN, mode) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int terminal_make_raw(void)
{
	if (!terminal.known) {
		if (tcgetattr(STDIN_FILENO, &terminal.before) < 0)
			return -errno;
		terminal.known = true;
		catch_faults();
	}
	struct termios mode = terminal.before;
	cfmakeraw(&mode);
	/* Set before the change: a signal between the two must not leave the terminal raw. */
	terminal.raw = 1;
	return set_mode(&mode);
}

void terminal_restore(void)
{
	if (!terminal.raw)
		return;
	pid_t foreground = tcgetpgrp(STDIN_FILENO);
	if (foreground < 0 || foreground == getpgrp())
		set_mode(&terminal.before);
	terminal.raw = 0;
}

bool terminal_is_raw(void)
{
	return terminal.raw;
}

static bool has_controlling(void)
{
	cleanup_fd int fd = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd >= 0;
}

void terminal_note_controlling(void)
{
	terminal.controlling = has_controlling();
}

bool terminal_controlling_is_gone(void)
{
	return terminal.controlling && !has_controlling();
}

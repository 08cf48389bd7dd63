/* SPDX-License-Identifier: ISC */
/*
 * One session, as its front sees it: centerctl-enter does the work, and this end passes signals and sizes on, keeps the
 * terminal's mode and says what went wrong.
 *
 * Signals. Before the command runs, HUP, INT, QUIT and TERM give up; others wait until it runs. Afterwards each one is
 * the command's. Ctrl-Z where the command has no terminal of its own stops it (SIGSTOP) and then us, and `fg` continues
 * both. A hang-up of the controlling terminal ends the session: centerctl-enter sends HUP, then KILL.
 */
#ifndef CENTERCTL_CLIENT_SESSION_H
#define CENTERCTL_CLIENT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "pid_file.h"

struct session_setup {
	bool tty; /* the command has a terminal of its own */
	bool raw; /* ours is to be raw meanwhile */
	/* Takes CHANNEL_SHOW, CHANNEL_LIST and every other answer to a question; 0 or -errno, which ends it all with
	 * exit code 125. */
	int (*reply)(void *arg, uint32_t type, const void *data, size_t len, struct error *err);
	void *reply_arg;
	uint16_t rows, cols; /* as in the request */
	uint32_t preserve_fds;
	const char *pid_file; /* NULL: none */
	/*
	 * The process without which nobody is there any more (sshd's; its end must send us SIGHUP, PR_SET_PDEATHSIG):
	 * then the session ends. 0: none.
	 */
	pid_t parent;
	int *killed;   /* set to the signal that ended the command, 0 if none did; NULL: of no interest */
	bool *started; /* set to whether the command has been executed; NULL: of no interest */
	/* Set to how long the command was running, in milliseconds; 0 if it never was. NULL: of no interest. */
	int64_t *duration_ms;
	bool output_only; /* nothing is entered: when nobody reads stdout any more, there is no more to be done */
	/* Descriptors that the command gets as 1 and 2 instead of ours, which stay ours; 0: ours. */
	int kept[2];
};

/*
 * Starts centerctl-enter, sends the encoded request (which is freed as soon as it is sent) and stays until the end.
 * Returns the exit code, or -errno when nothing could be started. What centerctl-enter says is reported.
 */
int session_run(const struct session_setup *setup, struct buf *request, struct error *err);

#endif

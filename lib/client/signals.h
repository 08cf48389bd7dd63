/* SPDX-License-Identifier: ISC */
/* The signals that a user may send to centerctl, and that are meant for the command. */
#ifndef CENTERCTL_CLIENT_SIGNALS_H
#define CENTERCTL_CLIENT_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/*
 * Blocks every signal that is passed on, and returns a non-blocking signalfd of them, or -errno. A signal that is
 * ignored already (nohup; a shell's background job) stays ignored and is not passed on, as in ssh. SIGPIPE is ignored
 * from here on: a reader of stderr that has gone must not keep the terminal from being put back.
 */
int signals_open(void);

/* The next signal that has arrived, or 0. */
int signals_next(int fd);

/* Whether a signal that arrives before the command runs means: give up. */
bool signals_is_ending(int number);

/*
 * Stops this process as SIGTSTP does by itself, and returns once it is continued. In an orphaned process group, whose
 * jobs nobody could continue, the kernel lets it return at once. The SIGCONT that continued it counts as taken.
 */
void signals_stop_self(void);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Making this process safe before it reads anything: its caller chose its descriptors, environment, signals, limits,
 * umask, directory, and may want to reach its binary from inside a container.
 *
 * Runs as: root, in whatever state execve(2) left us.
 */
#ifndef CENTERCTL_PRIV_SANITIZE_H
#define CENTERCTL_PRIV_SANITIZE_H

#include <stdbool.h>

#include "lib/base/error.h"

/* Opens /dev/null on those of 0-2 that are closed (CVE-2021-4034's cousin). Before anything else opens a file. */
int sanitize_stdio(void);

/* Descriptors that centerctl-enter leaves for its protected self, above the channel. */
struct sanitize_kept {
	int executable; /* the mount from which it runs, or -EBADF */
	int resolver;	/* a socket to centerctl-resolve that this very process made, or -EBADF */
};

/*
 * Closes every descriptor but 0 to 2, `channel`, 3 to preserve + 2, and at channel + 1 and channel + 2 what
 * sanitize_executable() left, if that is what is there. Empties the environment. Resets signals, timers, umask, working
 * directory and securebits, and raises the resource limits that we need ourselves; no core. Fails if the process was
 * started under no_new_privs or without root's user ID: what it would start could not be what the container's own
 * processes are.
 */
int sanitize_process(int channel, unsigned preserve, struct sanitize_kept *ret, struct error *err);

/*
 * Makes sure that /proc/PID/exe of our children cannot be opened for writing from inside a container, not even after we
 * have ended (CVE-2019-5736): executes this program again from a detached read-only clone of its mount, or, before
 * Linux 5.12, from a sealed copy in memory. Returns 0 at once if that is how we run already, else -errno, or not at
 * all.
 *
 * `again`: this is the protected self already; if it is not, that is an error, not a reason to try for ever.
 *
 * The mount is held by a descriptor at channel + 1, and `resolver` is handed on as channel + 2. Who closes it last
 * waits for the kernel to take the mount apart, which is more than a millisecond: let it be a process for which nobody
 * waits.
 */
int sanitize_executable(char *const argv[], char *const environment[], bool again, int channel, int resolver,
			struct error *err);

/*
 * Ignores what a terminal sends to its whole job, and what the front passes on by itself. stopping_too: also the
 * signals at which a job in the background stops.
 */
void sanitize_job_signals(bool stopping_too);

/*
 * For callers other than root: what a terminal's keys send to the whole job neither stops nor ends us, and what they
 * chose to make us slow (nice, scheduler, I/O class) or the first to be killed when memory runs out is taken back.
 */
void sanitize_caller(void);

/* No core dump, no ptrace(2), no /proc/PID/mem for anybody but root of the initial user namespace: prctl(2). */
int sanitize_dumpable(void);

#endif

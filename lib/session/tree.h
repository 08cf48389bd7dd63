/* SPDX-License-Identifier: ISC */
/*
 * What a command has started: every process of its session, and every descendant of one, as the host's procfs shows
 * them. A process that has left the session and whose parents have all ended belongs to the container from then on.
 *
 * Runs as: root, or the owner of the processes.
 */
#ifndef CENTERCTL_SESSION_TREE_H
#define CENTERCTL_SESSION_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/priv/halted.h"

struct tree_process {
	pid_t pid, ppid, session;
	uint64_t start_time; /* clock ticks after boot: with the PID, an identity */
	ino_t mounts;	     /* its mount namespace, as far as that was asked for */
	int member;
};

struct tree {
	struct tree_process *process;
	size_t count;
};

/* What a tree grows from. */
struct tree_root {
	int proc; /* our verified /proc */
	pid_t leader;
	uint64_t since; /* its start: numbers may have been used before, for what started earlier */
	/* A mount namespace that is this session's alone, as a tool's is: whatever is in it belongs, wherever its
	 * parents and its session have gone. 0: there is none. */
	ino_t mounts;
	int room; /* with one: holds it, since its number would be given to another one once it is gone */
	/* It may trace other processes, which this knows. NULL: it does not. */
	struct halted *halted;
	/* The kernel has sent it INT already (PR_SET_PDEATHSIG): in the middle of leaving, it must not meet a stop. */
	bool asked;
};

void tree_done(struct tree *t);

/*
 * Marks as member what is in the root's mount namespace, what belongs to the session of its leader, and what descends
 * from a member. Pure.
 */
void tree_mark(struct tree *t, const struct tree_root *root);

/* Before a tracer is asked to end: stops what members of the tree trace, see halted.h, and lets them take note of it.
 */
void tree_hold_traced(const struct tree_root *root);

/*
 * Sends HUP (and CONT, so that a stopped process receives it) to all of it, gives it `grace_ms`, then KILL. What may
 * trace gets TERM before, and time to act on it: killed, it would leave its breakpoints in what it traced. Processes
 * that make others and end are run after for up to two seconds.
 */
void tree_end(const struct tree_root *root, int grace_ms);

#endif

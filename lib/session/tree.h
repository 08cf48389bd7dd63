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

struct tree_process {
	pid_t pid, ppid, session;
	uint64_t start_time; /* clock ticks after boot: with the PID, an identity */
	int member;
};

struct tree {
	struct tree_process *process;
	size_t count;
};

void tree_done(struct tree *t);

/*
 * Marks as member what belongs to the session of `leader`, and what descends from a member. Pure. Processes that
 * started before `since` are never members: a number may have been used again.
 */
void tree_mark(struct tree *t, pid_t leader, uint64_t since);

/*
 * Sends HUP (and CONT, so that a stopped process receives it) to all of it, gives it `grace_ms`, then KILL. gentle:
 * TERM before, and time to act on it, since a tracer that is killed leaves its breakpoints in what it traced.
 */
void tree_end(int proc, pid_t leader, uint64_t since, int grace_ms, bool gentle);

#endif

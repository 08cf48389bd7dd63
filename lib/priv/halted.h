/* SPDX-License-Identifier: ISC */
/*
 * Processes of a container that a tracer has left stopped. A tracer that is killed detaches, but a SIGSTOP that it sent
 * beforehand still arrives, ptrace(2): then the process would stand still for good.
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_PRIV_HALTED_H
#define CENTERCTL_PRIV_HALTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cgroup.h"

enum { HALTED_MAX = 256 };

struct halted {
	int proc;   /* our verified /proc; borrowed */
	int cgroup; /* the container's, in one hierarchy; borrowed; -EBADF: not known */
	size_t count, held_count;
	struct halted_process {
		pid_t pid;
		uint64_t start_time;
	} process[HALTED_MAX],	  /* that were stopped before */
		held[HALTED_MAX]; /* that we have stopped */
};

/* Before the tracer runs. */
void halted_note(struct halted *h, int proc, const struct cgroups *c);

/*
 * Before a tracer is asked to end: stops what processes of `is_tracer` trace. gdb that is asked while a breakpoint is
 * being hit may leave that breakpoint behind; a process that is stopped hits none. strace puts nothing into what it
 * traces, and would tell of the stop: what it traces is let be. Returns how many were stopped.
 */
size_t halted_stop_traced(struct halted *h, bool (*is_tracer)(const void *arg, pid_t pid), const void *arg);

/*
 * After it has ended: continues what is stopped now and was not. Returns how many. What was stopped here is continued
 * in any case: a signal that waits until the tracer is gone shows in no state, and SIGCONT takes it back.
 */
size_t halted_continue(const struct halted *h);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Processes of a container that a tracer has left stopped. A tracer that is killed detaches, but a SIGSTOP that it sent
 * beforehand still arrives, ptrace(2): then the process would stand still for good.
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_PRIV_HALTED_H
#define CENTERCTL_PRIV_HALTED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cgroup.h"

enum { HALTED_MAX = 256 };

struct halted {
	int proc;   /* our verified /proc; borrowed */
	int cgroup; /* the container's, in one hierarchy; borrowed; -EBADF: not known */
	size_t count;
	struct {
		pid_t pid;
		uint64_t start_time;
	} process[HALTED_MAX]; /* that were stopped before */
};

/* Before the tracer runs. */
void halted_note(struct halted *h, int proc, const struct cgroups *c);

/* After it has ended: continues what is stopped now and was not. Returns how many. */
size_t halted_continue(const struct halted *h);

#endif

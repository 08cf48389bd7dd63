/* SPDX-License-Identifier: ISC */
/*
 * All threads of a process, stopped. Whoever seized them and ends, by whatever signal, leaves them running: the kernel
 * detaches for it (ptrace(2)). So nothing here catches a signal.
 */
#ifndef CENTERCTL_TOOL_THREAD_H
#define CENTERCTL_TOOL_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"

struct threads {
	struct thread *all;
	size_t count;
	size_t room;
};

struct thread {
	pid_t tid;
	bool stopped; /* else it did not stop in time, and has no registers */
	int signal;   /* that was about to be delivered, 0 for none: it is when we leave */
};

/* Seizes and stops every thread there is, also those that appear meanwhile. */
int threads_stop(struct threads *t, pid_t pid, struct error *err);

/* Lets them go on. */
void threads_release(struct threads *t);

/*
 * Appends what a core says about one thread: NT_PRSTATUS with its ids, then with `first` what stands between, then the
 * other registers. -ENOTSUP for a process whose registers are not those of a 64-bit one.
 */
int thread_add_status(const struct thread *t, const char *status, struct buf *to);
int thread_add_registers(const struct thread *t, struct buf *to);

#endif

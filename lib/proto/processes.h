/* SPDX-License-Identifier: ISC */
/* What centerctl-enter answers to VERB_TOP: the processes of one container, by both of their numbers. */
#ifndef CENTERCTL_PROTO_PROCESSES_H
#define CENTERCTL_PROTO_PROCESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"

struct process {
	pid_t host_pid;
	pid_t pid;	   /* in the container's PID namespace */
	pid_t ppid;	   /* inside, too; 0: its parent is outside */
	uint32_t uid;	   /* inside; UINT32_MAX: not mapped there */
	char state;	   /* as in /proc/PID/stat */
	char *name;	   /* comm, as it is: whoever prints it escapes it */
	char **argv;	   /* its command line; empty for a zombie */
	char *user;	   /* what the container's passwd calls uid; empty: nothing, or it was not asked */
	uint64_t cpu_ms;   /* of processor time, its own */
	uint64_t age_ms;   /* since it was started */
	uint64_t resident; /* bytes of memory */
};

struct processes {
	struct process *process; /* by their number inside */
	uint32_t count;
};

enum {
	PROCESSES_WORDS_MAX = 256,
	PROCESSES_MAX = 65536,
	PROCESSES_ARGV_MAX = 4096 /* bytes of one command line that are told */
};

void processes_done(struct processes *p);
#define cleanup_processes __attribute__((cleanup(processes_done)))
void processes_encode(const struct processes *p, struct buf *to);
/* 0 or -EBADMSG. */
int processes_decode(const void *data, size_t len, struct processes *ret);

#endif

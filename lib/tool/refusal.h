/* SPDX-License-Identifier: ISC */
/* Why a process cannot be traced, and what to do about it: from what the kernel says, without stopping it. */
#ifndef CENTERCTL_TOOL_REFUSAL_H
#define CENTERCTL_TOOL_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"

enum trace_userns {
	USERNS_UNKNOWN,
	USERNS_SAME,
	USERNS_OTHER,
};

struct trace_facts {
	const char *target; /* the container's name */
	pid_t pid;
	bool exists;
	bool self;	 /* it is this very process */
	char name[64];	 /* escaped */
	char state;	 /* as in /proc/PID/stat */
	bool has_memory; /* kernel threads have none */
	pid_t parent;
	pid_t tracer;	      /* 0: nobody whom we can see */
	char tracer_name[64]; /* escaped */
	uid_t uids[3];	      /* real, effective, saved */
	uid_t owner;	      /* of /proc/PID: 0 instead of its user while it is not dumpable */
	uint64_t permitted;   /* its capabilities */
	enum trace_userns userns;
	uid_t our_uid;
	uint64_t our_effective, our_permitted;
	int yama;	  /* kernel.yama.ptrace_scope, -1 without Yama */
	int ptrace_errno; /* of a ptrace(2) that has to fail with ESRCH */
	int memory_errno; /* of opening /proc/PID/mem, for which the kernel asks what it asks for PTRACE_ATTACH; or 0 */
	bool needs_memory;   /* the tool opens /proc/PID/mem */
	bool memory_is_shut; /* that is its owner's alone; memory_errno is 0 then, since it may be traced all the same
			      */
	int seize_errno;     /* if that was no obstacle: of a PTRACE_SEIZE that is taken back at once; or 0 */
};

/* 0 if it may be traced; -ESRCH if there is nothing to trace; -EBUSY, -EPERM. */
int refusal_judge(const struct trace_facts *f, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* The container's processes, as its /proc shows them. */
#ifndef CENTERCTL_TOOL_PROCESS_H
#define CENTERCTL_TOOL_PROCESS_H

#include <sys/types.h>

#include "lib/tool/refusal.h"

/* The process that --pid=WORD means. 0, or as pick_process(). */
int process_find(const char *word, const char *target, pid_t *ret, struct error *err);

/* 0 if it may be traced, or as refusal_judge(). Does not stop it. */
int process_may_trace(pid_t pid, const char *target, bool with_memory, struct error *err);

/* The whole file /proc/PID/NAME, NUL-terminated, to be freed; -errno. */
int process_read(pid_t pid, const char *name, char **ret, size_t *ret_len);

/* /proc/PID/exe as the kernel says it, "" if it does not. */
void process_program(pid_t pid, char *to, size_t size);

/* The value of a line of /proc/PID/status, up to its end; NULL if there is none. */
const char *status_value(const char *status, const char *name);

#endif

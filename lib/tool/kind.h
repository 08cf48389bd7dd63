/* SPDX-License-Identifier: ISC */
/* Which tools the launcher knows, and what somebody told them: read as their own option parsers read it. */
#ifndef CENTERCTL_TOOL_KIND_H
#define CENTERCTL_TOOL_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum tool_kind {
	TOOL_OTHER,
	TOOL_GDB,
	TOOL_STRACE,
	TOOL_LTRACE,
	TOOL_GCORE,
	TOOL_GDBSERVER,
};

enum { TOOL_PIDS_MAX = 64 };

/* Pointers are into argv. */
struct tool_use {
	bool names_pid;	     /* an option says what to attach to, be it a number or not */
	bool names_core;     /* gdb is to look at a core file */
	bool all_memory;     /* gcore -a */
	bool one_file_each;  /* strace -ff: -o is the beginning of names */
	unsigned follows;    /* how often -f */
	size_t operands;     /* at least: those that could be told from options' values */
	const char *operand; /* the first one */
	const char *output;  /* -o, the last one */
	pid_t pids[TOOL_PIDS_MAX];
	size_t pid_count;
};

/* By the last component of the name. */
enum tool_kind tool_kind_of(const char *name);

/* What argv, whose first word is the tool, says. Options that are not known are taken to have no value. */
void tool_look(enum tool_kind kind, char *const *argv, struct tool_use *ret);

#endif

/* SPDX-License-Identifier: ISC */
/* What a tool is told beyond what was typed. What was typed stays as it is, and comes after. */
#ifndef CENTERCTL_TOOL_REWRITE_H
#define CENTERCTL_TOOL_REWRITE_H

#include "kind.h"

struct rewrite {
	pid_t pid;		/* what to attach to unless the tool was told, or 0 */
	bool tty;		/* somebody is there who can answer */
	const char *source;	/* a directory with sources, or NULL */
	const char *solib_path; /* more directories with libraries, joined by ':', or NULL */
	const char *program;	/* the file that the process runs, if its name does not lead there, or NULL */
	const char *trace_to;	/* where strace and ltrace write, unless they were told, or NULL */
};

/*
 * A new argv, which the caller frees with strv_free(). Returns 0, -ENOMEM, or -EINVAL for a source whose name gdb would
 * read as something else.
 */
int rewrite_command(enum tool_kind kind, char *const *argv, const struct tool_use *use, const struct rewrite *how,
		    char ***ret);

#endif

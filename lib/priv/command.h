/* SPDX-License-Identifier: ISC */
/*
 * The last steps, in the process that becomes the command: inside the container, as its user, under its filter. Only
 * system calls that a filter must allow anyway are made here.
 */
#ifndef CENTERCTL_PRIV_COMMAND_H
#define CENTERCTL_PRIV_COMMAND_H

#include "entry.h"

struct command {
	const struct entry *entry;
	int report;
	bool joined[PROC_CGROUPS_MAX];				      /* hierarchies that it was made in */
	bool in_cwd;						      /* the working directory is right already */
	int (*load_filter)(const struct entry *e);		      /* NULL: it is loaded */
	void (*drop_after_filter)(const struct entry *e, int report); /* NULL: nothing is left to drop */
};

_Noreturn void command_run(const struct command *c);

/* Whether getcwd(2) gives an absolute path: "(unreachable)…" is a directory outside of our root (CVE-2024-21626). */
bool command_cwd_is_inside(void);

#endif

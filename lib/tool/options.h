/* SPDX-License-Identifier: ISC */
/* What centerctl-enter tells the launcher: options with their value after '=', then `--`, then COMMAND. */
#ifndef CENTERCTL_TOOL_OPTIONS_H
#define CENTERCTL_TOOL_OPTIONS_H

#include <stdbool.h>

#include "lib/base/error.h"

/* All point into argv, or are NULL. */
struct tool_options {
	const char *target;
	const char *toolbox;
	const char *pid;
	const char *source;
	bool tty;
	bool collecting;
	char **command; /* empty: an interactive shell */
};

/* -EINVAL for an option that is not known, or that is there twice: centerctl-enter is another version then. */
int tool_options_parse(char **argv, struct tool_options *ret, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* COMMAND in the toolbox. */
#ifndef CENTERCTL_TOOL_FIND_H
#define CENTERCTL_TOOL_FIND_H

#include "lib/tool/options.h"

/*
 * Looks for name in PATH, unless it has a '/'. Returns 0 with *ret_path, which the caller frees, or -ENOENT, or -EACCES
 * if what is there cannot be executed.
 */
int find_program(const char *name, char **ret_path);

/* Executes argv[0] with argv. Returns only if that failed: 126 or 127, having said why. */
int find_and_execute(const struct tool_options *o, char **argv);

#endif

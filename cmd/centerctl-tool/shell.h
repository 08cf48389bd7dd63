/* SPDX-License-Identifier: ISC */
/* `centerctl debug TARGET` without a command: a shell of the toolbox, whose prompt says where one is. */
#ifndef CENTERCTL_TOOL_SHELL_H
#define CENTERCTL_TOOL_SHELL_H

#include "lib/tool/options.h"

/* Returns only on failure, with the exit code, having said why. */
int shell_run(const struct tool_options *o);

#endif

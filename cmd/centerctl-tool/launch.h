/* SPDX-License-Identifier: ISC */
/* The tools that need to be told where they are. */
#ifndef CENTERCTL_TOOL_LAUNCH_H
#define CENTERCTL_TOOL_LAUNCH_H

#include "lib/tool/options.h"

/* Runs o->command. Returns the exit code. */
int launch(const struct tool_options *o);

#endif

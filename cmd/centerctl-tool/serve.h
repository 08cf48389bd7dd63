/* SPDX-License-Identifier: ISC */
/* `gdbserver stdio` and `gdbserver PORT`: the toolbox's gdbserver, attached, for a gdb somewhere else. */
#ifndef CENTERCTL_TOOL_SERVE_H
#define CENTERCTL_TOOL_SERVE_H

#include "lib/tool/options.h"

#include <sys/types.h>

/* Serves one client, about process pid. where is stdio or PORT. Returns the exit code. */
int serve(const struct tool_options *o, const char *where, pid_t pid);

#endif

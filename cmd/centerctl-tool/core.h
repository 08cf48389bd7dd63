/* SPDX-License-Identifier: ISC */
/* gcore: the core of a live process, written to stdout from its first byte to its last, without seeking. */
#ifndef CENTERCTL_TOOL_CORE_H
#define CENTERCTL_TOOL_CORE_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/error.h"

/* The process goes on afterwards, however this ends. all: as gcore's -a. Returns 0 or -errno. */
int core_write(pid_t pid, bool all, struct error *err);

#endif

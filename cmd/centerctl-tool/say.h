/* SPDX-License-Identifier: ISC */
/* The one place where the launcher speaks to stderr: one line, `centerctl: TEXT`. */
#ifndef CENTERCTL_TOOL_SAY_H
#define CENTERCTL_TOOL_SAY_H

#include "lib/base/error.h"

/* Control bytes are escaped: names of the container's processes and files are in it. */
void say(const char *text);

/* Returns 125, so that main() writes `return say_error(&err)`. */
int say_error(const struct error *err);

#endif

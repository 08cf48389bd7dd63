/* SPDX-License-Identifier: ISC */
/*
 * How the programs that run in containers and toolboxes speak to stderr: one line, `centerctl: TEXT`. (centerctl and
 * centerctl-gate have lib/client/report.h.) Names in a text are escaped by who wrote it, and backslashes are not
 * doubled again: what a terminal would obey becomes a question mark, and what is longer than ERROR_TEXT_MAX is cut off.
 */
#ifndef CENTERCTL_BASE_SAY_H
#define CENTERCTL_BASE_SAY_H

#include "error.h"

void say(const char *text);

/* Returns 125, so that main() writes `return say_error(&err)`. */
int say_error(const struct error *err);

#endif

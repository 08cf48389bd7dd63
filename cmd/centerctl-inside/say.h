/* SPDX-License-Identifier: ISC */
/* The one place where centerctl-inside speaks to stderr: one line, `centerctl: TEXT`. */
#ifndef CENTERCTL_INSIDE_SAY_H
#define CENTERCTL_INSIDE_SAY_H

#include "lib/base/error.h"

/* Control bytes and invalid UTF-8 are escaped: names of the container's files are in it. */
void say(const char *text);
void say_about(void *unused, const char *text);

/* Returns 125, so that main() writes `return say_error(&err)`. */
int say_error(const struct error *err);

#endif

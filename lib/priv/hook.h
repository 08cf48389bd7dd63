/* SPDX-License-Identifier: ISC */
/*
 * Points at which the tests of a -Dtest_hooks=true build can make a system call fail or hold the program. In every
 * other build they are constants, and nothing of them is in the binary.
 */
#ifndef CENTERCTL_PRIV_HOOK_H
#define CENTERCTL_PRIV_HOOK_H

#include <stdbool.h>

#include "config.h"

#if CENTERCTL_TEST_HOOKS
/* Whether CENTERCTL_TEST_FAIL names this point; then errno is EPERM. */
bool hook_fails(const char *point);
/* Whether it names "POINT:quiet": the call is to be left out, as if it had done its work. */
bool hook_skips(const char *point);
/*
 * If CENTERCTL_TEST_BARRIER is "POINT:PATH": makes the file PATH.reached and waits, at most 30 s, for PATH.go.
 */
void hook_barrier(const char *point);
/* The value of CENTERCTL_TEST_NAME as it was before the environment was emptied, or NULL. */
const char *hook_value(const char *name);
/* Keeps the CENTERCTL_TEST_ variables of environ, and CENTERCTL_LIBEXECDIR; returns an environment to pass on. */
char **hook_keep(char **environment);
#else
static inline bool hook_fails(const char *point)
{
	(void)point;
	return false;
}

static inline bool hook_skips(const char *point)
{
	(void)point;
	return false;
}

static inline void hook_barrier(const char *point)
{
	(void)point;
}

static inline const char *hook_value(const char *name)
{
	(void)name;
	return (const char *)0;
}
#endif

#endif

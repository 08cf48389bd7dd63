/* SPDX-License-Identifier: ISC */
/* What a program that tries things says of each: `got WHAT`, or `no WHAT: ERROR` if the result is negative. */
#ifndef CENTERCTL_TESTS_SAY_H
#define CENTERCTL_TESTS_SAY_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void say(const char *what, long result)
{
	if (result >= 0)
		printf("got %s\n", what);
	else
		printf("no %s: %s\n", what, strerrorname_np(errno));
	fflush(stdout);
}

#endif

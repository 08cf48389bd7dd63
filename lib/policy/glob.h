/* SPDX-License-Identifier: ISC */
/*
 * Patterns: * is any bytes, also none, ? is one byte, a backslash takes the next byte as it is. Bytes, not characters:
 * no locale, no classes, no case folding, and / is like any other.
 */
#ifndef CENTERCTL_POLICY_GLOB_H
#define CENTERCTL_POLICY_GLOB_H

#include <stdbool.h>
#include <stddef.h>

enum { GLOB_MAX = 1024 };

/* Time is at most len times the pattern's length, space is constant. */
bool glob_match(const char *pattern, const char *text, size_t len);

/* Whether it matches one text only, that which it is. */
bool glob_is_literal(const char *pattern);

/* NULL, or what is wrong with it. */
const char *glob_wrong(const char *pattern);

#endif

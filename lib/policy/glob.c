/* SPDX-License-Identifier: ISC */
#include "glob.h"

#include <string.h>

bool glob_match(const char *pattern, const char *text, size_t len)
{
	const char *end = text + len, *star = NULL, *retry = NULL;
	while (text < end || *pattern) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
			continue;
		}
		if (text < end && *pattern) {
			const char *byte = pattern + (*pattern == '\\' && pattern[1]);
			if (*pattern == '?' || *byte == *text) {
				pattern = byte + 1;
				text++;
				continue;
			}
		}
		/* The last star alone needs to take more: what an earlier one took can only shift it to the right. */
		if (!star || retry >= end)
			return false;
		text = ++retry;
		pattern = star;
	}
	return true;
}

bool glob_is_literal(const char *pattern)
{
	return !strpbrk(pattern, "*?\\");
}

const char *glob_wrong(const char *pattern)
{
	if (!*pattern)
		return "it is empty";
	if (strlen(pattern) > GLOB_MAX)
		return "it is too long";
	for (; *pattern; pattern++)
		if (*pattern == '\\' && !*++pattern)
			return "it ends in a backslash";
	return NULL;
}

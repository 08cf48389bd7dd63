/* SPDX-License-Identifier: ISC */
#include "passwd.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { UID_FIELD = 2, HOME_FIELD = 5, FIELDS = 7 };

static char *home_in(char *line, uid_t uid)
{
	char *fields[FIELDS], *at = line;
	uint64_t number;
	size_t count = 0;
	while (count < FIELDS && at)
		fields[count++] = strsep(&at, ":");
	if (count < FIELDS || parse_u64(fields[UID_FIELD], UINT32_MAX - 1, &number) < 0 || number != uid)
		return NULL;
	return fields[HOME_FIELD];
}

char *passwd_find_home(const char *text, size_t len, uid_t uid)
{
	const char *end = text + len;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline : end) - text);
		cleanup_free char *line = strndup(text, n);
		const char *home = line ? home_in(line, uid) : NULL;
		if (home)
			return *home == '/' && strlen(home) < PATH_MAX ? strdup(home) : NULL;
		text = newline ? newline + 1 : end;
	}
	return NULL;
}

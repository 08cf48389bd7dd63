/* SPDX-License-Identifier: ISC */
#include "suggest.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/text.h"

enum { WORD_MAX = 32 };

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;
	return m < c ? m : c;
}

/* Levenshtein's distance; WORD_MAX for words that are too long to be worth it. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	if (n >= WORD_MAX || m >= WORD_MAX)
		return WORD_MAX;
	size_t row[WORD_MAX];
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[m];
}

const char *suggest_nearest(const char *word, const char *const *names)
{
	size_t len = strlen(word);
	size_t best = len < 4 ? 2 : 3; /* as far away as this is another word */
	size_t shortest = SIZE_MAX;    /* of those that begin with the word */
	const char *found = NULL;
	for (; *names; names++) {
		size_t d = distance(word, *names);
		/* An abbreviation is nearer than any slip; of several, the one that says least more. */
		bool abbreviates = len >= 2 && str_starts(*names, word);
		if (abbreviates ? strlen(*names) < shortest : shortest == SIZE_MAX && d < best) {
			best = d;
			shortest = abbreviates ? strlen(*names) : SIZE_MAX;
			found = *names;
		}
	}
	return found;
}

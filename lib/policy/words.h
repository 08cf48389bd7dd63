/* SPDX-License-Identifier: ISC */
/*
 * Words as a POSIX shell splits them, without any expansion: blanks separate; '...' is as it is; in "..." a backslash
 * escapes " \ $ ` and the end of a line; elsewhere it escapes whatever follows. $, `, *, ~ and the like are characters.
 *
 * Text that a terminal would not show as it is has no place in a policy: NUL, control characters other than blanks
 * between words, invalid UTF-8, and the characters that turn the direction of writing are errors, in comments too.
 */
#ifndef CENTERCTL_POLICY_WORDS_H
#define CENTERCTL_POLICY_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

enum { WORDS_MAX = 1024, WORDS_BYTES_MAX = 1 << 20 };

enum words_flag {
	WORDS_COMMENTS = 1 << 0, /* # where a word could begin hides the rest of the line */
	WORDS_LINES = 1 << 1,	 /* stop behind the end of the line, which a backslash joins to the next one */
};

/* Zero-initialised is empty; the memory is used again by the next line. */
struct words {
	struct buf text, starts;
	size_t count;
	size_t lines; /* ends of lines that were passed */
	/* After an error: what is wrong, and where: lines tells the line, this the byte in it, from 1. */
	const char *wrong;
	size_t column;
};

void words_done(struct words *w);
#define cleanup_words __attribute__((cleanup(words_done)))

/* The bytes used: all of them, or with WORDS_LINES one line. -EINVAL (see wrong), -E2BIG (too) or -ENOMEM. */
long words_split(struct words *w, const char *text, size_t len, unsigned flags);

/* A word; it may be changed in place, and holds until the next call of words_split(). */
char *words_at(const struct words *w, size_t i);

#endif

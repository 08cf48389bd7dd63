/* SPDX-License-Identifier: ISC */
/*
 * What a client typed behind `ssh HOST`: bytes of somebody who may be hostile. It is split into words as a POSIX shell
 * splits them, without any expansion: ' and " and \ quote, blanks separate. What only a shell could read, unquoted
 * ; | & $ ( ) < > ` and newline, and $ and ` between double quotes, ends the splitting. So words that come out of a
 * whole line are those that a shell would have made of it, but for patterns and ~, which stay as they are.
 */
#ifndef CENTERCTL_GATE_LINE_H
#define CENTERCTL_GATE_LINE_H

#include <stddef.h>

#include "lib/base/error.h"

enum { GATE_LINE_MAX = 64 << 10 };

enum line_stop {
	LINE_WHOLE = 0, /* there was nothing to stop at */
	LINE_SHELL,	/* stop_at is where a shell would begin to do more than splitting */
	LINE_QUOTE,	/* the quote, or backslash, at stop_at has no end */
};

struct line {
	char **words; /* those that end before stop_at; NULL-terminated, never NULL itself */
	size_t *ends; /* where each of them ends in the text */
	size_t count;
	enum line_stop stop;
	size_t stop_at;
};

void line_done(struct line *l);
#define cleanup_line __attribute__((cleanup(line_done)))

/* 0; -EINVAL for a control byte other than tab and newline, -E2BIG above GATE_LINE_MAX bytes; -ENOMEM. */
int line_split(const char *text, struct line *ret, struct error *err);

/* What stands behind the first `words` words, without the blanks between. Points into text. */
const char *line_rest(const struct line *l, const char *text, size_t words);

/* Why only a shell could read the line, and what to do, as one sentence. room is filled. */
void line_hint(const struct line *l, const char *text, char *room, size_t size);

#endif

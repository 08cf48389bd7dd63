/* SPDX-License-Identifier: ISC */
/* Colours of what is printed for people: only on a terminal that has them, and never where NO_COLOR says so. */
#ifndef CENTERCTL_CLIENT_COLOUR_H
#define CENTERCTL_CLIENT_COLOUR_H

#include <stdbool.h>

#include "lib/base/buf.h"

enum style {
	STYLE_PLAIN = 0,
	STYLE_HEADING,
	STYLE_GOOD,
	STYLE_WAITING,
	STYLE_BAD,
	STYLE_FAINT,
};

/*
 * Whether stdout is a terminal that shows colours. Not so with NO_COLOR set to anything (no-color.org), with TERM=dumb
 * or without TERM.
 */
bool colour_wanted(void);

/* What switches a style on; empty for STYLE_PLAIN. What switches it off is COLOUR_END. */
const char *colour_begin(enum style s);
#define COLOUR_END "\033[0m"

/* Appends the text escaped, as cell_put() does, in that style if `colour`. Returns how many columns it takes. */
size_t colour_put(struct buf *to, enum style s, bool colour, const char *text);

#endif

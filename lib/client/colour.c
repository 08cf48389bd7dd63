/* SPDX-License-Identifier: ISC */
#include "colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cell.h"

bool colour_wanted(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	if ((no && *no) || !term || !*term || strcmp(term, "dumb") == 0)
		return false;
	return isatty(STDOUT_FILENO) == 1;
}

const char *colour_begin(enum style s)
{
	static const char *const codes[] = {
		[STYLE_PLAIN] = "",	      [STYLE_HEADING] = "\033[1m", [STYLE_GOOD] = "\033[32m",
		[STYLE_WAITING] = "\033[33m", [STYLE_BAD] = "\033[31m",	   [STYLE_FAINT] = "\033[2m",
	};
	return codes[s];
}

size_t colour_put(struct buf *to, enum style s, bool colour, const char *text)
{
	const char *begin = colour && *text ? colour_begin(s) : "";
	buf_puts(to, begin);
	size_t used = cell_put(to, text);
	if (*begin)
		buf_puts(to, COLOUR_END);
	return used;
}

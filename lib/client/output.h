/* SPDX-License-Identifier: ISC */
/* Where answers go: stdout; on a terminal, what comes again and again takes the place of what was there. */
#ifndef CENTERCTL_CLIENT_OUTPUT_H
#define CENTERCTL_CLIENT_OUTPUT_H

#include <stdbool.h>

#include "lib/base/buf.h"

struct output {
	bool json;
	bool again;    /* there is more than one answer */
	bool terminal; /* stdout is one */
	bool apart;    /* elsewhere there is an empty line between two answers that are not JSON */
	bool colour;
	bool begun;
};

/* Looks at stdout and at the environment. */
struct output output_open(bool json, bool again);

/*
 * Writes one answer. JSON that comes again and again is put on one line each. On a terminal a table is drawn over the
 * last one, as far as it has room. 0 or -errno.
 */
int output_put(struct output *o, struct buf *text);

/* Pure: the lines of text that fit, each cut to the columns, with what erases the rest of an older screen. */
void output_draw(const char *text, unsigned rows, unsigned columns, struct buf *to);

#endif

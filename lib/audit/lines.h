/* SPDX-License-Identifier: ISC */
/* Lines of a file that may still grow, one after the other. Lines may hold any byte. */
#ifndef CENTERCTL_AUDIT_LINES_H
#define CENTERCTL_AUDIT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines {
	int fd;	    /* the caller's; blocking */
	size_t max; /* longer lines are passed over */
	char *data;
	size_t size, from, to; /* what was read and not yet given */
	uint64_t number;       /* of the line that was given last, from 1 */
	bool skipping;
};

struct line {
	const char *text; /* without its newline, and with a NUL behind it; until the next call */
	size_t len;
	bool whole; /* it has its newline; false: the file ends here, for now */
	bool long_; /* it is longer than max: text is its beginning */
};

int lines_init(struct lines *l, int fd, size_t max);
void lines_done(struct lines *l);
#define cleanup_lines __attribute__((cleanup(lines_done)))

/*
 * 1 with the next line, 0 at the end of the file, or -errno. At the end, what has no newline yet is given with
 * `partial` only, and then counts as read. After 0 one may ask again.
 */
int lines_next(struct lines *l, bool partial, struct line *ret);

#endif

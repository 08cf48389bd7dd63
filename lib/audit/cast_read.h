/* SPDX-License-Identifier: ISC */
/*
 * Reading recordings: asciicast v2, ours and others'. A file may still grow, and a writer that was killed may have left
 * its last line cut: that is the end. Anything else that is not the format is an error, with its line.
 */
#ifndef CENTERCTL_AUDIT_CAST_READ_H
#define CENTERCTL_AUDIT_CAST_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lines.h"

enum { CAST_LINE_MAX = 1 << 20 };

struct cast {
	struct lines lines;
	uint32_t width, height;
	int64_t timestamp;			/* seconds since 1970; 0: not said */
	char *title, *command, *session, *term; /* bytes; NULL: not said */
	bool own;				/* written by recorder.h, so that bytes which are no UTF-8 are told */
	char *text;				/* room for an event's */
};

struct cast_event {
	int64_t us;	  /* since the beginning */
	char kind;	  /* 'o', 'i', 'r', 'm', 'x', ... */
	const char *text; /* until the next call; may hold NUL, and has one behind it */
	size_t len;
};

/* Reads the header. fd stays the caller's, at its beginning. 0 or -EBADMSG, -errno. */
int cast_open(struct cast *c, int fd, struct error *err);
void cast_done(struct cast *c);
#define cleanup_cast __attribute__((cleanup(cast_done)))

/* 1 with the next event; 0 at the end, for now; -EBADMSG, -errno. */
int cast_next(struct cast *c, struct cast_event *ret, struct error *err);

/* "132x43" of a resize. 0 or -EBADMSG. */
int cast_size(const struct cast_event *e, uint16_t *ret_rows, uint16_t *ret_cols);

#endif

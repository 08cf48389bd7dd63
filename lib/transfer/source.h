/* SPDX-License-Identifier: ISC */
/* Where a stream is read from: read ahead in large pieces, and moved from pipe to file without passing through us. */
#ifndef CENTERCTL_TRANSFER_SOURCE_H
#define CENTERCTL_TRANSFER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report.h"

enum { SOURCE_SIZE = 256 << 10 };

struct source {
	int fd; /* the caller's, blocking; negative: there is only what is in data */
	char *data;
	size_t start, end;
	bool no_splice;
	const struct transfer_report *report; /* is told of bytes that are written; may be NULL */
};

/* 0 or -ENOMEM. */
int source_open(struct source *s, int fd, const struct transfer_report *report);
/* For tests: reads from a copy of len bytes. */
int source_open_memory(struct source *s, const void *data, size_t len);
void source_done(struct source *s);

/* Exactly len bytes: 0; -ENODATA if the stream ends before; or -errno. */
int source_read(struct source *s, void *to, size_t len);
int source_skip(struct source *s, uint64_t len);

/* The next bytes without taking them, at most SOURCE_SIZE: how many there are of len, or -errno. */
long source_peek(struct source *s, const char **ret, size_t len);

/*
 * Writes exactly len bytes to the file, from its place `offset` on. 0, or -errno of the reading. A write that fails
 * says so by *ret_error (its errno), and what is left of len is skipped; *ret_error is 0 otherwise.
 */
int source_copy(struct source *s, int file, uint64_t offset, uint64_t len, int *ret_error);

/* Reads and throws away what still comes: whoever writes it must be able to end. */
void source_drain(struct source *s);

#endif

/* SPDX-License-Identifier: ISC */
/* Where a stream is written: what is small is gathered, what is large goes from file to pipe without a copy. */
#ifndef CENTERCTL_TRANSFER_SINK_H
#define CENTERCTL_TRANSFER_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report.h"

enum { SINK_SIZE = 256 << 10, SINK_PIPE = 1 << 20 };

struct sink {
	int fd; /* the caller's, blocking */
	char *data;
	size_t len;
	bool no_splice; /* fd is no pipe */
};

/* Makes a pipe larger where that may be. 0 or -ENOMEM. */
int sink_open(struct sink *s, int fd);
void sink_done(struct sink *s);

/* 0 or -errno, after which nothing more can be written. */
int sink_put(struct sink *s, const void *data, size_t len);
int sink_zeros(struct sink *s, uint64_t len);
int sink_flush(struct sink *s);

/*
 * Writes len bytes of the file from its place `offset`, and zeros for those that are not there (any more), or that
 * cannot be read: *ret_read is how many there were, *ret_error the errno of a read that failed, or 0. 0 or -errno of
 * the writing. The report is told of every byte that was read.
 */
int sink_copy(struct sink *s, int file, uint64_t offset, uint64_t len, uint64_t *ret_read, int *ret_error,
	      const struct transfer_report *report);

#endif

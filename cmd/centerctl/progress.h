/* SPDX-License-Identifier: ISC */
/* How far a copy is, on a terminal; and what the two sides of it say meanwhile. */
#ifndef CENTERCTL_PROGRESS_H
#define CENTERCTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/transfer/report.h"

struct progress {
	uint64_t bytes, files;
	bool total_known;
	uint64_t total_bytes, total_files;
	int64_t elapsed_ms;
};

/* Appends one line of at most `columns` columns, without control bytes and without its end. Pure. */
void progress_format(const struct progress *p, unsigned columns, struct buf *to);

/* "total BYTES FILES", as centerctl-inside says it. Pure. */
bool progress_parse_total(const char *line, uint64_t *ret_bytes, uint64_t *ret_files);

/*
 * Reads lines from fd until its end and reports each; its first line may be the total. With `bar`, shows the counts on
 * stderr as they change.
 */
void progress_tell(int fd, struct transfer_count *count, bool bar);

#endif

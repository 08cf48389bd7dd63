/* SPDX-License-Identifier: ISC */
/* What CHANNEL_SHOW is made of: rows of a group, a name and two values, which whoever prints them escapes. */
#ifndef CENTERCTL_ENTER_ROWS_H
#define CENTERCTL_ENTER_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "lib/base/buf.h"

/* Zero-initialised is empty. */
struct rows {
	struct buf body;
	uint32_t count;
};

void rows_add(struct rows *rows, const char *group, const char *name, const char *first, const char *second);
/* The first value alone. */
void rows_addf(struct rows *rows, const char *group, const char *name, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Sends and empties them. 0 or -errno. */
int rows_send(struct rows *rows, int channel);

/* Values as text; what has no room is cut off. */
void rows_join_ids(const uint32_t *ids, size_t count, char *buf, size_t size);
void rows_name_caps(uint64_t mask, char *buf, size_t size);
void rows_limit(char *buf, size_t size, const struct rlimit *l);
/* Of an RLIMIT_*: "nofile". */
const char *rows_limit_name(int resource);

#endif

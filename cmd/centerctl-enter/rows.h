/* SPDX-License-Identifier: ISC */
/*
 * What CHANNEL_SHOW is made of: rows of a group, a name and two values, which whoever prints them escapes. Their text
 * is for people; lib/client/show_json.c makes numbers and lists of it, and has to know of a new name that is one.
 */
#ifndef CENTERCTL_ENTER_ROWS_H
#define CENTERCTL_ENTER_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "lib/base/buf.h"
#include "lib/priv/procfs.h"

/* Zero-initialised is empty. */
struct rows {
	struct buf body;
	uint32_t count;
};

/* Of what an image may have tens of thousands of, so many are told, and how many there are beside them. */
enum { ROWS_LIST_MAX = 1000 };

/* Copies all four; each is cut off behind 4095 bytes. What fails shows when they are sent. */
void rows_add(struct rows *rows, const char *group, const char *name, const char *first, const char *second);
/* The first value alone. */
void rows_addf(struct rows *rows, const char *group, const char *name, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Sends and empties them. 0 or -errno. */
int rows_send(struct rows *rows, int channel);

/* Values as text; what has no room is cut off. */
void rows_join_ids(const uint32_t *ids, size_t count, char *buf, size_t size);
/* IDs of the host's, by those that they have inside; of one that has none, the kernel's overflow ID. */
uint32_t rows_inside(const struct proc_map *map, uint32_t outside);
void rows_join_inside(const struct proc_map *map, const uint32_t *ids, size_t count, char *buf, size_t size);
void rows_name_caps(uint64_t mask, char *buf, size_t size);
/* own: ours, of the same kind. */
void rows_namespace(char *buf, size_t size, unsigned long inode, unsigned long own);
void rows_limit(char *buf, size_t size, const struct rlimit *l);
/* Of an RLIMIT_*: "nofile". */
const char *rows_limit_name(int resource);

#endif

/* SPDX-License-Identifier: ISC */
/* /etc/subuid and /etc/subgid: subuid(5). Pure functions. */
#ifndef CENTERCTL_DOCTOR_SUBID_H
#define CENTERCTL_DOCTOR_SUBID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct subid {
	char *owner; /* a name, or a user ID in digits */
	uint64_t first, count;
	unsigned line;
};

struct subid_table {
	struct subid *list;
	size_t count;
	unsigned bad; /* the first line that cannot be read; 0: none */
};

void subid_done(struct subid_table *t);
#define cleanup_subid __attribute__((cleanup(subid_done)))

/* 0 or -ENOMEM. */
int subid_parse(const char *text, struct subid_table *ret);

/* How many IDs the owner has, by name or by number. */
uint64_t subid_total(const struct subid_table *t, const char *name, uint64_t uid);

/* Whether two ranges share an ID. */
bool subid_overlaps(const struct subid *a, const struct subid *b);

#endif

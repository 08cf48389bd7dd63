/* SPDX-License-Identifier: ISC */
/* Fields that several messages have, on top of wire.h: what is out of range marks the message as bad. */
#ifndef CENTERCTL_PROTO_FIELD_H
#define CENTERCTL_PROTO_FIELD_H

#include "wire.h"

enum { FIELD_COUNT_MAX = 1 << 16 }; /* NGROUPS_MAX */

/* (uid_t)-1 means "leave it" to every system call that takes one. */
#define FIELD_ID_MAX (UINT32_MAX - 1)

/* Their count, and each. */
void field_put_ids(struct buf *b, const uint32_t *ids, uint32_t count);
/* Owned by the caller; NULL only when bad. */
uint32_t *field_ids(struct wire *w, uint32_t *ret_count);
/* From least to most, both included. */
int64_t field_range(struct wire *w, int64_t least, int64_t most);
/* Bits by capability number, of those that there are. */
uint64_t field_capabilities(struct wire *w);
/* Makes *w bad unless it holds. */
void field_require(struct wire *w, bool condition);
/* "NAME=value" with a name, each. */
void field_require_pairs(struct wire *w, char *const *v);

#endif

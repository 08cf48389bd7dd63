/* SPDX-License-Identifier: ISC */
/*
 * Fields of a message, one after the other, in a fixed order that writer and reader agree on: integers in host byte
 * order (both ends are on one machine), strings and blobs behind a 32-bit length. There are no optional fields and no
 * types on the wire.
 *
 * The reader believes nothing. The first field that does not fit marks the whole message as bad, and every later read
 * gives zero or NULL; so a decoder reads all of its fields and asks once, with wire_end(), which also refuses trailing
 * bytes.
 */
#ifndef CENTERCTL_PROTO_WIRE_H
#define CENTERCTL_PROTO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

void wire_put_u32(struct buf *b, uint32_t value);
void wire_put_u64(struct buf *b, uint64_t value);
void wire_put_i64(struct buf *b, int64_t value);
void wire_put_bool(struct buf *b, bool value);
/* NULL is written as the empty string. */
void wire_put_str(struct buf *b, const char *text);
void wire_put_blob(struct buf *b, const void *data, size_t len);
void wire_put_strv(struct buf *b, char *const *v);

struct wire {
	const unsigned char *at;
	size_t left;
	bool bad;
};

struct wire wire_start(const void *data, size_t len);
uint32_t wire_u32(struct wire *w);
uint64_t wire_u64(struct wire *w);
int64_t wire_i64(struct wire *w);
/* 0 or 1; anything else is bad. */
bool wire_bool(struct wire *w);
/* An integer that must be at most max, for enums. */
uint32_t wire_enum(struct wire *w, uint32_t max);
/* A new string of at most max bytes, without a NUL inside. The caller frees it. Never NULL unless the message is bad.
 */
char *wire_str(struct wire *w, size_t max);
/* The same into a buffer of size bytes; a longer string is bad. */
void wire_str_into(struct wire *w, char *dst, size_t size);
/* A new blob of at most max bytes, with a NUL after it that does not count. *ret_len is 0 when bad. */
void *wire_blob(struct wire *w, size_t max, size_t *ret_len);
/* At most max_count strings with at most max_bytes in all. The caller frees it. Never NULL unless bad. */
char **wire_strv(struct wire *w, size_t max_count, size_t max_bytes);
/* 0 if every field fitted and nothing is left, else -EBADMSG. */
int wire_end(const struct wire *w);

#endif

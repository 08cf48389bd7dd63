/* SPDX-License-Identifier: ISC */
/*
 * A byte buffer that grows. An allocation that fails is remembered in `failed`, so that a row of appends needs one
 * check at its end. Zero-initialised is empty; buf_done() frees.
 */
#ifndef CENTERCTL_BASE_BUF_H
#define CENTERCTL_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

void buf_done(struct buf *b);
void buf_add(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The content as a NUL-terminated string that b keeps owning; NULL if an append failed. */
const char *buf_text(struct buf *b);

#define cleanup_buf __attribute__((cleanup(buf_done)))

#endif

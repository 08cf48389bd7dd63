/* SPDX-License-Identifier: ISC */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

void buf_done(struct buf *b)
{
	cleanup_free_function(&b->data);
	*b = (struct buf){0};
}

static bool reserve(struct buf *b, size_t more)
{
	if (b->failed)
		return false;
	if (more < b->size - b->len)
		return true;
	size_t size = b->size ? b->size : 256;
	while (size - b->len <= more) {
		if (size > (size_t)1 << 40) {
			b->failed = true;
			return false;
		}
		size *= 2;
	}
	/* Not realloc(3): what it moves it leaves behind, and that may be a secret. */
	char *data = malloc(size);
	if (!data) {
		b->failed = true;
		return false;
	}
	if (b->data) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->len);
		free(b->data);
	}
	b->data = data;
	b->size = size;
	return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void buf_puts(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (need < 0 || !reserve(b, (size_t)need + 1)) {
		b->failed = true;
		return;
	}
	va_start(args, format);
	vsnprintf(b->data + b->len, (size_t)need + 1, format, args);
	va_end(args);
	b->len += (size_t)need;
}

const char *buf_text(struct buf *b)
{
	if (!reserve(b, 1))
		return NULL;
	b->data[b->len] = '\0';
	return b->data;
}

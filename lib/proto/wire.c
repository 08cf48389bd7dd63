/* SPDX-License-Identifier: ISC */
#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

void wire_put_u32(struct buf *b, uint32_t value)
{
	buf_add(b, &value, sizeof(value));
}

void wire_put_u64(struct buf *b, uint64_t value)
{
	buf_add(b, &value, sizeof(value));
}

void wire_put_i64(struct buf *b, int64_t value)
{
	buf_add(b, &value, sizeof(value));
}

void wire_put_bool(struct buf *b, bool value)
{
	wire_put_u32(b, value ? 1 : 0);
}

void wire_put_blob(struct buf *b, const void *data, size_t len)
{
	if (len > UINT32_MAX) {
		b->failed = true;
		return;
	}
	wire_put_u32(b, (uint32_t)len);
	buf_add(b, data, len);
}

void wire_put_str(struct buf *b, const char *text)
{
	wire_put_blob(b, text, text ? strlen(text) : 0);
}

void wire_put_strv(struct buf *b, char *const *v)
{
	wire_put_u32(b, (uint32_t)strv_len(v));
	for (; v && *v; v++)
		wire_put_str(b, *v);
}

struct wire wire_start(const void *data, size_t len)
{
	return (struct wire){.at = data, .left = len};
}

static bool take(struct wire *w, void *dst, size_t len)
{
	if (w->bad || len > w->left) {
		w->bad = true;
		memset(dst, 0, len);
		return false;
	}
	memcpy(dst, w->at, len);
	w->at += len;
	w->left -= len;
	return true;
}

uint32_t wire_u32(struct wire *w)
{
	uint32_t value;
	take(w, &value, sizeof(value));
	return value;
}

uint64_t wire_u64(struct wire *w)
{
	uint64_t value;
	take(w, &value, sizeof(value));
	return value;
}

int64_t wire_i64(struct wire *w)
{
	int64_t value;
	take(w, &value, sizeof(value));
	return value;
}

uint32_t wire_enum(struct wire *w, uint32_t max)
{
	uint32_t value = wire_u32(w);
	if (value <= max)
		return value;
	w->bad = true;
	return 0;
}

bool wire_bool(struct wire *w)
{
	return wire_enum(w, 1) == 1;
}

/* The length of the next string or blob, checked against what is there. */
static bool take_length(struct wire *w, size_t max, size_t *ret)
{
	size_t len = wire_u32(w);
	if (w->bad || len > max || len > w->left) {
		w->bad = true;
		return false;
	}
	*ret = len;
	return true;
}

void *wire_blob(struct wire *w, size_t max, size_t *ret_len)
{
	size_t len;
	*ret_len = 0;
	if (!take_length(w, max, &len))
		return NULL;
	char *data = malloc(len + 1);
	if (!data) {
		w->bad = true;
		return NULL;
	}
	take(w, data, len);
	data[len] = '\0';
	*ret_len = len;
	return data;
}

char *wire_str(struct wire *w, size_t max)
{
	size_t len;
	char *text = wire_blob(w, max, &len);
	if (text && strlen(text) != len) {
		free(text);
		w->bad = true;
		return NULL;
	}
	return text;
}

void wire_str_into(struct wire *w, char *dst, size_t size)
{
	size_t len;
	dst[0] = '\0';
	if (!take_length(w, size - 1, &len))
		return;
	take(w, dst, len);
	dst[len] = '\0';
	if (strlen(dst) != len) {
		dst[0] = '\0';
		w->bad = true;
	}
}

char **wire_strv(struct wire *w, size_t max_count, size_t max_bytes)
{
	size_t count = wire_u32(w);
	/* Each string takes four bytes at least, so a false count cannot make us allocate more than the message holds.
	 */
	if (w->bad || count > max_count || count > w->left / 4) {
		w->bad = true;
		return NULL;
	}
	cleanup_strv char **v = calloc(count + 1, sizeof(char *));
	if (!v) {
		w->bad = true;
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		v[i] = wire_str(w, max_bytes);
		if (!v[i])
			return NULL;
		max_bytes -= strlen(v[i]);
	}
	return steal_ptr(v);
}

int wire_end(const struct wire *w)
{
	return w->bad || w->left ? -EBADMSG : 0;
}

/* SPDX-License-Identifier: ISC */
#include "cell.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* Bytes that continue a UTF-8 sequence take no column. */
static size_t columns(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

size_t cell_put(struct buf *to, const char *text)
{
	size_t size = strlen(text) * 4 + 1;
	cleanup_free char *shown = malloc(size);
	if (!shown) {
		to->failed = true;
		return 0;
	}
	text_escape(shown, size, text, strlen(text));
	buf_puts(to, shown);
	return columns(shown);
}

void cell_pad(struct buf *to, size_t have, size_t want)
{
	for (; have < want; have++)
		buf_puts(to, " ");
}

/* The length of the UTF-8 sequence of more than one byte that text begins with; 0 if there is none. */
static size_t utf8_length(const char *text)
{
	for (size_t len = 2; len <= 4 && strnlen(text, len) == len; len++) {
		char shown[24];
		text_escape(shown, sizeof(shown), text, len);
		if (strncmp(shown, text, len) == 0 && shown[len] == '\0')
			return len;
	}
	return 0;
}

void cell_put_json(struct buf *to, const char *text)
{
	buf_puts(to, "\"");
	while (*text) {
		unsigned char c = (unsigned char)*text;
		size_t len = c < 0x80 ? 1 : utf8_length(text);
		if (len == 0)
			buf_puts(to, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			buf_printf(to, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(to, "\\u%04x", c);
		else
			buf_add(to, text, len);
		text += len ? len : 1;
	}
	buf_puts(to, "\"");
}

void cell_put_json_list(struct buf *to, char *const *v)
{
	buf_puts(to, "[");
	for (size_t i = 0; v && v[i]; i++) {
		buf_puts(to, i > 0 ? ", " : "");
		cell_put_json(to, v[i]);
	}
	buf_puts(to, "]");
}

/* SPDX-License-Identifier: ISC */
#include "cell.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

struct range {
	uint32_t first, last;
};

static bool is_within(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* Where terminals agree: combining marks, joiners and variation selectors; East Asian wide and emoji. */
static size_t code_columns(uint32_t code)
{
	static const struct range none[] = {{0x300, 0x36f},    {0x483, 0x489},	 {0x591, 0x5bd},   {0x610, 0x61a},
					    {0x64b, 0x65f},    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},
					    {0x20d0, 0x20f0},  {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
					    {0xe0100, 0xe01ef}};
	static const struct range two[] = {
		{0x1100, 0x115f},   {0x231a, 0x231b},	{0x23e9, 0x23ec},   {0x2614, 0x2615},  {0x2648, 0x2653},
		{0x26ce, 0x26ce},   {0x2705, 0x2705},	{0x270a, 0x270b},   {0x2728, 0x2728},  {0x274c, 0x274c},
		{0x2753, 0x2755},   {0x2795, 0x2797},	{0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},  {0x2e80, 0x303e},
		{0x3041, 0x33ff},   {0x3400, 0x4dbf},	{0x4e00, 0x9fff},   {0xa000, 0xa4cf},  {0xa960, 0xa97c},
		{0xac00, 0xd7a3},   {0xf900, 0xfaff},	{0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
		{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd}};
	if (code < 0x300)
		return 1;
	return is_within(code, none, ARRAY_SIZE(none)) ? 0 : is_within(code, two, ARRAY_SIZE(two)) ? 2 : 1;
}

size_t cell_next(const char *text, size_t *ret_columns)
{
	uint32_t code = 0;
	size_t len = utf8_sequence((const unsigned char *)text, strnlen(text, 4), &code);
	*ret_columns = len ? code_columns(code) : 1;
	return len ? len : 1;
}

static size_t columns(const char *text)
{
	size_t n = 0, one;
	for (; *text; n += one)
		text += cell_next(text, &one);
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

/* As JSON writes it: in UTF-16 where it is beyond its first 65536. */
static void put_code(struct buf *to, uint32_t code)
{
	if (code < 0x10000)
		buf_printf(to, "\\u%04x", code);
	else
		buf_printf(to, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10),
			   0xdc00 + ((code - 0x10000) & 0x3ff));
}

void cell_put_json(struct buf *to, const char *text)
{
	buf_puts(to, "\"");
	while (*text) {
		uint32_t code = 0;
		size_t len = utf8_sequence((const unsigned char *)text, strnlen(text, 4), &code);
		if (len == 0)
			buf_puts(to, "\xef\xbf\xbd");
		else if (code == '"' || code == '\\')
			buf_printf(to, "\\%c", (char)code);
		else if (text_is_hidden(code))
			put_code(to, code);
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

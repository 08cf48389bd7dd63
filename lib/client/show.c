/* SPDX-License-Identifier: ISC */
#include "show.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/proto/wire.h"

enum { ROWS_MAX = 4096, CELL_MAX = 1 << 16, COLUMN_MAX = 44 };

struct row {
	char *group, *name, *entry, *init;
	bool done; /* printed with an earlier row's group */
};

struct table {
	struct row *rows;
	size_t count;
};

static void table_done(struct table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->rows[i].group);
		free(t->rows[i].name);
		free(t->rows[i].entry);
		free(t->rows[i].init);
	}
	free(t->rows);
}
#define cleanup_table __attribute__((cleanup(table_done)))

static int table_decode(const void *data, size_t len, struct table *ret)
{
	struct wire w = wire_start(data, len);
	size_t count = wire_enum(&w, ROWS_MAX);
	ret->rows = calloc(count + 1, sizeof(*ret->rows));
	if (!ret->rows)
		return -ENOMEM;
	for (; ret->count < count && !w.bad; ret->count++) {
		struct row *row = &ret->rows[ret->count];
		row->group = wire_str(&w, CELL_MAX);
		row->name = wire_str(&w, CELL_MAX);
		row->entry = wire_str(&w, CELL_MAX);
		row->init = wire_str(&w, CELL_MAX);
	}
	return wire_end(&w);
}

/* Calls f for each row, all rows of a group one after the other. position tells the first and the last of a group. */
enum { FIRST_OF_GROUP = 1, FIRST_OF_ALL = 2 };
static void each_row(struct table *t, void (*f)(struct buf *to, const struct row *row, unsigned position),
		     struct buf *to)
{
	for (size_t i = 0; i < t->count; i++) {
		unsigned position = FIRST_OF_GROUP | (i == 0 ? FIRST_OF_ALL : 0);
		for (size_t j = i; j < t->count; j++) {
			if (t->rows[j].done || strcmp(t->rows[i].group, t->rows[j].group) != 0)
				continue;
			t->rows[j].done = true;
			f(to, &t->rows[j], position);
			position = 0;
		}
	}
}

/* Values come from a container's configuration: what a terminal would act on is escaped. */
static size_t put_cell(struct buf *to, const char *text)
{
	size_t size = strlen(text) * 4 + 1;
	cleanup_free char *shown = malloc(size);
	if (!shown) {
		to->failed = true;
		return 0;
	}
	text_escape(shown, size, text, strlen(text));
	buf_puts(to, shown);
	return strlen(shown);
}

static void put_spaces(struct buf *to, size_t have, size_t want)
{
	for (; have < want; have++)
		buf_puts(to, " ");
}

static void text_row(struct buf *to, const struct row *row, unsigned position)
{
	if (position & FIRST_OF_GROUP) {
		buf_puts(to, position & FIRST_OF_ALL ? "" : "\n");
		put_cell(to, row->group);
		buf_puts(to, "\n");
	}
	buf_puts(to, "  ");
	put_spaces(to, put_cell(to, row->name), 18);
	buf_puts(to, " ");
	size_t used = put_cell(to, row->entry);
	if (*row->init && strcmp(row->entry, row->init) == 0) {
		put_spaces(to, used, COLUMN_MAX);
		buf_puts(to, "  = init");
	} else if (*row->init) {
		put_spaces(to, used, COLUMN_MAX);
		buf_puts(to, "  init: ");
		put_cell(to, row->init);
	}
	buf_puts(to, "\n");
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

/* JSON is UTF-8: a byte that belongs to none becomes U+FFFD. */
static void put_json(struct buf *to, const char *text)
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

static void json_row(struct buf *to, const struct row *row, unsigned position)
{
	if (position & FIRST_OF_GROUP) {
		buf_puts(to, position & FIRST_OF_ALL ? "\n  " : "\n  },\n  ");
		put_json(to, row->group);
		buf_puts(to, ": {");
	}
	buf_puts(to, position & FIRST_OF_GROUP ? "\n    " : ",\n    ");
	put_json(to, row->name);
	buf_puts(to, ": {\"entry\": ");
	put_json(to, row->entry);
	buf_puts(to, ", \"init\": ");
	put_json(to, row->init);
	buf_puts(to, "}");
}

int show_format(const void *data, size_t len, bool json, struct buf *to)
{
	cleanup_table struct table t = {0};
	int r = table_decode(data, len, &t);
	if (r < 0)
		return r;
	if (json)
		buf_puts(to, "{");
	each_row(&t, json ? json_row : text_row, to);
	if (json)
		buf_puts(to, t.count ? "\n  }\n}\n" : "}\n");
	return to->failed ? -ENOMEM : 0;
}

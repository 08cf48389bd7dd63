/* SPDX-License-Identifier: ISC */
#include "show.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "lib/base/cleanup.h"
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

static void text_row(struct buf *to, const struct row *row, unsigned position)
{
	if (position & FIRST_OF_GROUP) {
		buf_puts(to, position & FIRST_OF_ALL ? "" : "\n");
		cell_put(to, row->group);
		buf_puts(to, "\n");
	}
	buf_puts(to, "  ");
	cell_pad(to, cell_put(to, row->name), 18);
	buf_puts(to, " ");
	size_t used = cell_put(to, row->entry);
	if (*row->init && strcmp(row->entry, row->init) == 0) {
		cell_pad(to, used, COLUMN_MAX);
		buf_puts(to, "  = init");
	} else if (*row->init) {
		cell_pad(to, used, COLUMN_MAX);
		buf_puts(to, "  init: ");
		cell_put(to, row->init);
	}
	buf_puts(to, "\n");
}

static void json_row(struct buf *to, const struct row *row, unsigned position)
{
	if (position & FIRST_OF_GROUP) {
		buf_puts(to, position & FIRST_OF_ALL ? "\n  " : "\n  },\n  ");
		cell_put_json(to, row->group);
		buf_puts(to, ": {");
	}
	buf_puts(to, position & FIRST_OF_GROUP ? "\n    " : ",\n    ");
	cell_put_json(to, row->name);
	buf_puts(to, ": {\"entry\": ");
	cell_put_json(to, row->entry);
	buf_puts(to, ", \"init\": ");
	cell_put_json(to, row->init);
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

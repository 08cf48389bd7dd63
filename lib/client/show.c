/* SPDX-License-Identifier: ISC */
#include "show.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "colour.h"
#include "lib/base/cleanup.h"
#include "lib/proto/wire.h"
#include "show_json.h"

enum { ROWS_MAX = 4096, CELL_MAX = 1 << 16, COLUMN_MAX = 44 };

struct row {
	char *group, *name, *entry, *init;
	bool done; /* printed with an earlier row's group */
};

struct table {
	struct row *rows;
	size_t count;
	bool colour;
	bool single; /* nothing stands beside a value */
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
static void each_row(struct table *t, void (*f)(struct buf *to, const struct table *t, size_t row, unsigned position),
		     struct buf *to)
{
	unsigned first_of_all = FIRST_OF_ALL;
	for (size_t i = 0; i < t->count; i++) {
		unsigned position = FIRST_OF_GROUP;
		for (size_t j = i; j < t->count; j++) {
			if (t->rows[j].done || strcmp(t->rows[i].group, t->rows[j].group) != 0)
				continue;
			t->rows[j].done = true;
			f(to, t, j, position | first_of_all);
			position = first_of_all = 0;
		}
	}
}

static void text_group(struct buf *to, const struct table *t, const struct row *row, unsigned position)
{
	if (!(position & FIRST_OF_GROUP))
		return;
	buf_puts(to, position & FIRST_OF_ALL ? "" : "\n");
	colour_put(to, STYLE_HEADING, t->colour, row->group);
	buf_puts(to, "\n");
}

static void text_row(struct buf *to, const struct table *t, size_t index, unsigned position)
{
	const struct row *row = &t->rows[index];
	text_group(to, t, row, position);
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

/* What comes before the name's value. */
static void json_name(struct buf *to, const struct row *row, unsigned position)
{
	if (position & FIRST_OF_GROUP) {
		buf_puts(to, position & FIRST_OF_ALL ? "\n  " : "\n  },\n  ");
		cell_put_json(to, row->group);
		buf_puts(to, ": {");
	}
	buf_puts(to, position & FIRST_OF_GROUP ? "\n    " : ",\n    ");
	cell_put_json(to, row->name);
	buf_puts(to, ": ");
}

static bool is_same_name(const struct row *a, const struct row *b)
{
	return strcmp(a->group, b->group) == 0 && strcmp(a->name, b->name) == 0;
}

/* How many rows of that name there are, the first of which is at `index`; 0: it is not the first. */
static size_t count_of_name(const struct table *t, size_t index)
{
	size_t count = 0;
	for (size_t i = 0; i < t->count; i++) {
		if (!is_same_name(&t->rows[i], &t->rows[index]))
			continue;
		if (i < index)
			return 0;
		count++;
	}
	return count;
}

/* In an array where a name may come, or does come, more than once. */
static void json_single(struct buf *to, const struct table *t, size_t index)
{
	const struct row *row = &t->rows[index];
	const char *before = "";
	bool list = show_json_is_list(row->group, row->name) || count_of_name(t, index) > 1;
	buf_puts(to, list ? "[" : "");
	for (size_t i = index; i < t->count; i++) {
		if (!is_same_name(row, &t->rows[i]))
			continue;
		buf_puts(to, before);
		show_json_put(to, row->group, row->name, t->rows[i].entry);
		before = ", ";
	}
	buf_puts(to, list ? "]" : "");
}

static void json_beside(struct buf *to, const struct row *row, const char *value)
{
	if (*value)
		show_json_put(to, row->group, row->name, value);
	else
		show_json_put_none(to, row->group, row->name);
}

static void json_row(struct buf *to, const struct table *t, size_t index, unsigned position)
{
	const struct row *row = &t->rows[index];
	/* Each name stands there once, also if what it says came twice. */
	if (count_of_name(t, index) == 0)
		return;
	json_name(to, row, position);
	if (t->single) {
		json_single(to, t, index);
		return;
	}
	buf_puts(to, "{\"entry\": ");
	json_beside(to, row, row->entry);
	buf_puts(to, ", \"init\": ");
	json_beside(to, row, row->init);
	buf_puts(to, "}");
}

static int format(struct table *t, void (*f)(struct buf *to, const struct table *t, size_t row, unsigned position),
		  bool json, struct buf *to)
{
	if (json)
		buf_puts(to, "{");
	each_row(t, f, to);
	if (json)
		buf_puts(to, t->count ? "\n  }\n}\n" : "}\n");
	return to->failed ? -ENOMEM : 0;
}

int show_format(const void *data, size_t len, bool json, struct buf *to)
{
	cleanup_table struct table t = {0};
	int r = table_decode(data, len, &t);
	return r < 0 ? r : format(&t, json ? json_row : text_row, json, to);
}

int show_describe(const void *data, size_t len, bool json, bool colour, struct buf *to)
{
	cleanup_table struct table t = {.colour = colour, .single = true};
	int r = table_decode(data, len, &t);
	return r < 0 ? r : format(&t, json ? json_row : text_row, json, to);
}

/*
 * What has no value of init's beside it says something about the entry alone, but for groups, which may be none. The
 * filter of an entry is told with where it comes from.
 */
static bool differs(const struct row *row)
{
	bool comparable = *row->init || strcmp(row->name, "groups") == 0;
	size_t len = strlen(row->init);
	if (strcmp(row->name, "seccomp") == 0 && strncmp(row->entry, row->init, len) == 0 &&
	    (row->entry[len] == ' ' || row->entry[len] == '\0'))
		return false;
	return comparable && strcmp(row->entry, row->init) != 0;
}

/* Two values may be long, and are to be held against each other: one below the other. */
static void diff_text(struct buf *to, const struct table *t, size_t index, unsigned position)
{
	const struct row *row = &t->rows[index];
	text_group(to, t, row, position);
	buf_puts(to, "  ");
	cell_pad(to, cell_put(to, row->name), 18);
	buf_puts(to, " entry: ");
	colour_put(to, STYLE_WAITING, t->colour, *row->entry ? row->entry : "none");
	buf_puts(to, "\n");
	cell_pad(to, 0, 21);
	buf_puts(to, "init:  ");
	cell_put(to, *row->init ? row->init : "none");
	buf_puts(to, "\n");
}

int show_diff(const void *data, size_t len, bool json, bool colour, struct buf *to, unsigned *ret_count)
{
	cleanup_table struct table t = {.colour = colour}, same = {0};
	int r = table_decode(data, len, &t);
	same.rows = r < 0 ? NULL : calloc(t.count + 1, sizeof(*same.rows));
	if (!same.rows)
		return r < 0 ? r : -ENOMEM;
	size_t kept = 0;
	for (size_t i = 0; i < t.count; i++) {
		if (differs(&t.rows[i]))
			t.rows[kept++] = t.rows[i];
		else
			same.rows[same.count++] = t.rows[i];
	}
	t.count = kept;
	*ret_count = (unsigned)kept;
	return format(&t, json ? json_row : diff_text, json, to);
}

/* SPDX-License-Identifier: ISC */
#include "listing_print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"
#include "lib/base/cleanup.h"
#include "lib/policy/policy.h"
#include "lib/policy/verbs.h"

/* STATE, IMAGE and AS are columns; what stands in FOR and RULE may be long, and comes last. */
enum column { NUMBER, NAME, STATE, IMAGE, AS, FOR, RULE, COLUMNS };

struct line {
	struct buf cell[COLUMNS];
};

static void line_done(struct line *line)
{
	for (size_t i = 0; i < COLUMNS; i++)
		buf_done(&line->cell[i]);
}
#define cleanup_line __attribute__((cleanup(line_done)))

struct table {
	bool numbered, with_rules;
	size_t width[COLUMNS];
	struct buf *to; /* NULL: only the widths are wanted */
};

void listing_verbs(uint32_t verbs, const char *ret[LISTING_VERBS_MAX])
{
	size_t n = 0;
	for (unsigned i = 0; i < POLICY_VERB_COUNT; i++)
		if (verbs & 1u << i)
			ret[n++] = policy_verb_names[i];
	ret[n] = NULL;
}

const char *listing_row_name(const struct listing_row *row, char room[13])
{
	if (*row->name)
		return row->name;
	snprintf(room, 13, "%.12s", row->id);
	return room;
}

static void put_joined(struct buf *to, char *const *v, const char *between)
{
	for (size_t i = 0; v && v[i]; i++) {
		buf_puts(to, i > 0 ? between : "");
		buf_puts(to, v[i]);
	}
}

/* "exec,shell: psql | pg_dump *; with record,timeout=2h" */
static void put_purpose(struct buf *to, const struct listing_grant *g)
{
	const char *verbs[LISTING_VERBS_MAX];
	listing_verbs(g->verbs, verbs);
	if ((g->verbs & POLICY_VERBS_ALL) == POLICY_VERBS_ALL)
		buf_puts(to, "all");
	else
		put_joined(to, (char *const *)verbs, ",");
	if (g->runs && g->runs[0]) {
		buf_puts(to, ": ");
		put_joined(to, g->runs, " | ");
	}
	if (g->with && g->with[0]) {
		buf_puts(to, "; with ");
		put_joined(to, g->with, ",");
	}
}

static size_t put_text_cell(struct buf *to, struct buf *cell)
{
	const char *text = buf_text(cell);
	if (!text) {
		to->failed = true;
		return 0;
	}
	return cell_put(to, text);
}

static bool is_shown(const struct table *t, enum column c)
{
	return (c != NUMBER || t->numbered) && (c != RULE || t->with_rules);
}

/* The columns before the last that holds something are padded, so that no line ends in spaces. */
static void put_line(struct table *t, struct line *line)
{
	enum column last = COLUMNS;
	while (last > 0 && (!is_shown(t, last - 1) || line->cell[last - 1].len == 0))
		last--;
	for (enum column c = 0; c < last; c++) {
		cleanup_buf struct buf scratch = {0};
		struct buf *to = t->to ? t->to : &scratch;
		if (!is_shown(t, c))
			continue;
		size_t used = put_text_cell(to, &line->cell[c]);
		if (used > t->width[c])
			t->width[c] = used;
		if (c + 1 < last)
			cell_pad(to, used, t->width[c] + 2);
	}
	if (t->to)
		buf_puts(t->to, "\n");
}

static void put_heading(struct table *t)
{
	static const char *const names[COLUMNS] = {"#", "NAME", "STATE", "IMAGE", "AS", "FOR", "RULE"};
	cleanup_line struct line line = {0};
	for (enum column c = 0; c < COLUMNS; c++)
		buf_puts(&line.cell[c], names[c]);
	put_line(t, &line);
}

static void put_grant_cells(struct line *line, const struct listing_grant *g)
{
	put_joined(&line->cell[AS], g->users, ",");
	put_purpose(&line->cell[FOR], g);
	buf_puts(&line->cell[RULE], g->where);
}

static void put_row(struct table *t, const struct listing_row *row, size_t number, bool everything)
{
	uint32_t lines = row->grant_count > 0 ? row->grant_count : 1;
	for (uint32_t i = 0; i < lines; i++) {
		cleanup_line struct line line = {0};
		if (i == 0) {
			char room[13];
			buf_printf(&line.cell[NUMBER], "%zu", number);
			buf_puts(&line.cell[NAME], listing_row_name(row, room));
			buf_puts(&line.cell[STATE], container_state_name(row->state));
			buf_puts(&line.cell[IMAGE], row->image);
		}
		if (i < row->grant_count)
			put_grant_cells(&line, &row->grants[i]);
		else if (everything) {
			buf_puts(&line.cell[AS], "*");
			buf_puts(&line.cell[FOR], "all");
		}
		put_line(t, &line);
	}
}

static bool tells_rules(const struct listing *l)
{
	for (uint32_t i = 0; i < l->count; i++)
		for (uint32_t g = 0; g < l->rows[i].grant_count; g++)
			if (*l->rows[i].grants[g].where)
				return true;
	return false;
}

/* Once for the widths, once for the text. */
static void print_table(const struct listing *l, bool numbered, struct buf *to)
{
	struct table t = {.numbered = numbered, .with_rules = tells_rules(l)};
	for (int pass = 0; pass < 2; pass++) {
		t.to = pass == 0 ? NULL : to;
		put_heading(&t);
		for (uint32_t i = 0; i < l->count; i++)
			put_row(&t, &l->rows[i], i + 1, l->everything);
	}
}

static void print_names(const struct listing *l, struct buf *to)
{
	for (uint32_t i = 0; i < l->count; i++) {
		char room[13];
		cell_put(to, listing_row_name(&l->rows[i], room));
		buf_puts(to, "\n");
	}
}

static void json_field(struct buf *to, const char *name, const char *value)
{
	buf_printf(to, "\"%s\": ", name);
	cell_put_json(to, value);
	buf_puts(to, ", ");
}

static void json_grant(struct buf *to, const struct listing_grant *g)
{
	const char *verbs[LISTING_VERBS_MAX];
	listing_verbs(g->verbs, verbs);
	buf_puts(to, "{\"verbs\": ");
	cell_put_json_list(to, (char *const *)verbs);
	buf_puts(to, ", \"users\": ");
	cell_put_json_list(to, g->users);
	buf_puts(to, ", \"runs\": ");
	if (g->runs && g->runs[0])
		cell_put_json_list(to, g->runs);
	else
		buf_puts(to, "null");
	buf_puts(to, ", \"with\": ");
	cell_put_json_list(to, g->with);
	buf_puts(to, ", \"where\": ");
	if (*g->where)
		cell_put_json(to, g->where);
	else
		buf_puts(to, "null");
	buf_puts(to, "}");
}

static void json_row(struct buf *to, const struct listing_row *row, bool everything)
{
	buf_puts(to, "{");
	json_field(to, "id", row->id);
	json_field(to, "name", row->name);
	json_field(to, "image", row->image);
	json_field(to, "state", container_state_name(row->state));
	buf_puts(to, "\"grants\": ");
	if (everything) {
		buf_puts(to, "null}");
		return;
	}
	buf_puts(to, "[");
	for (uint32_t i = 0; i < row->grant_count; i++) {
		buf_puts(to, i > 0 ? ", " : "");
		json_grant(to, &row->grants[i]);
	}
	buf_puts(to, "]}");
}

static void print_json(const struct listing *l, struct buf *to)
{
	buf_puts(to, "[");
	for (uint32_t i = 0; i < l->count; i++) {
		buf_puts(to, i > 0 ? ",\n " : "\n ");
		json_row(to, &l->rows[i], l->everything);
	}
	buf_puts(to, l->count > 0 ? "\n]\n" : "]\n");
}

int listing_print(const struct listing *l, enum listing_style style, struct buf *to)
{
	if (style == LISTING_NAMES)
		print_names(l, to);
	else if (style == LISTING_JSON)
		print_json(l, to);
	else
		print_table(l, style == LISTING_NUMBERED, to);
	return to->failed ? -ENOMEM : 0;
}

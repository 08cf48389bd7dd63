/* SPDX-License-Identifier: ISC */
#include "listing_print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"
#include "lib/base/cleanup.h"
#include "lib/base/utc.h"
#include "lib/policy/policy.h"
#include "lib/policy/verbs.h"
#include "table.h"

enum { RUNS_SHOWN_MAX = 40 };

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

enum style listing_state_style(enum container_state s)
{
	switch (s) {
	case STATE_RUNNING:
		return STYLE_GOOD;
	case STATE_PAUSED:
	case STATE_RESTARTING:
		return STYLE_WAITING;
	case STATE_DEAD:
	case STATE_EXITED:
		return STYLE_BAD;
	default:
		return STYLE_FAINT;
	}
}

static void put_joined(struct buf *to, char *const *v, const char *between)
{
	for (size_t i = 0; v && v[i]; i++) {
		buf_puts(to, i > 0 ? between : "");
		buf_puts(to, v[i]);
	}
}

/* Commands may be long; the JSON has them whole. A character that is cut is shown as bytes: no harm in that. */
static void put_runs(struct buf *to, char *const *runs)
{
	cleanup_buf struct buf all = {0};
	put_joined(&all, runs, " | ");
	if (all.len <= RUNS_SHOWN_MAX) {
		buf_add(to, all.data, all.len);
		return;
	}
	size_t len = RUNS_SHOWN_MAX - 3;
	while (len > 0 && ((unsigned char)all.data[len] & 0xc0) == 0x80)
		len--;
	buf_add(to, all.data, len);
	buf_puts(to, "...");
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
		put_runs(to, g->runs);
	}
	if (g->with && g->with[0]) {
		buf_puts(to, "; with ");
		put_joined(to, g->with, ",");
	}
}

static void add_text(struct table *t, struct buf *text)
{
	if (text->len == 0)
		table_add_styled(t, "", STYLE_PLAIN);
	else if (buf_text(text))
		table_add_styled(t, buf_text(text), STYLE_PLAIN);
	else
		t->failed = true;
}

static void add_container(struct table *t, const struct listing_row *row, size_t number)
{
	char room[13], digits[24];
	snprintf(digits, sizeof(digits), "%zu", number);
	if (number > 0)
		table_add(t, digits);
	table_add(t, listing_row_name(row, room));
	table_add_styled(t, container_state_name(row->state), listing_state_style(row->state));
	table_add_styled(t, row->status ? row->status : "", STYLE_PLAIN);
	table_add(t, row->image);
}

static void add_grant(struct table *t, const struct listing_grant *g)
{
	cleanup_buf struct buf users = {0}, purpose = {0};
	put_joined(&users, g->users, ",");
	put_purpose(&purpose, g);
	add_text(t, &users);
	add_text(t, &purpose);
	table_add_styled(t, g->where, STYLE_FAINT);
}

static void add_row(struct table *t, const struct listing_row *row, size_t number, bool everything)
{
	uint32_t lines = row->grant_count > 0 ? row->grant_count : 1;
	for (uint32_t i = 0; i < lines; i++) {
		if (i == 0)
			add_container(t, row, number);
		for (size_t blank = number > 0 ? 5 : 4; i > 0 && blank > 0; blank--)
			table_add_styled(t, "", STYLE_PLAIN);
		if (i < row->grant_count) {
			add_grant(t, &row->grants[i]);
			continue;
		}
		table_add_styled(t, everything ? "*" : "", STYLE_PLAIN);
		table_add_styled(t, everything ? "all" : "", STYLE_PLAIN);
		table_add_styled(t, "", STYLE_PLAIN);
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

static int print_table(const struct listing *l, const struct listing_look *look, struct buf *to)
{
	static const char *const plain[] = {"#", "NAME", "STATE", "STATUS", "IMAGE", "USER", "MAY", "", NULL};
	static const char *const ruled[] = {"#", "NAME", "STATE", "STATUS", "IMAGE", "USER", "MAY", "RULE", NULL};
	bool numbered = look->style == LISTING_NUMBERED;
	const char *const *names = tells_rules(l) ? ruled : plain;
	cleanup_table struct table t = {.names = names + !numbered, .colour = look->colour, .bare = !look->heading};
	for (uint32_t i = 0; i < l->count; i++)
		add_row(&t, &l->rows[i], numbered ? i + 1 : 0, l->everything);
	return table_print(&t, to);
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
	char created[UTC_TEXT_SIZE];
	buf_puts(to, "{");
	json_field(to, "id", row->id);
	json_field(to, "name", row->name);
	json_field(to, "image", row->image);
	json_field(to, "state", container_state_name(row->state));
	json_field(to, "status", row->status ? row->status : "");
	if (row->created > 0) {
		utc_text(row->created, created);
		json_field(to, "created", created);
	} else {
		buf_puts(to, "\"created\": null, ");
	}
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

int listing_print(const struct listing *l, const struct listing_look *look, struct buf *to)
{
	if (look->style == LISTING_NAMES)
		print_names(l, to);
	else if (look->style == LISTING_JSON)
		print_json(l, to);
	else
		return print_table(l, look, to);
	return to->failed ? -ENOMEM : 0;
}

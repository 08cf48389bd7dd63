/* SPDX-License-Identifier: ISC */
#include "listing.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "wire.h"

enum { WORD_MAX = 4096, WORDS_MAX = 4096, WORDS_BYTES_MAX = 1 << 20 };

static void grant_done(struct listing_grant *g)
{
	strv_free(g->users);
	strv_free(g->runs);
	strv_free(g->with);
	free(g->where);
}

void listing_done(struct listing *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		struct listing_row *row = &l->rows[i];
		for (uint32_t j = 0; j < row->grant_count; j++)
			grant_done(&row->grants[j]);
		free(row->grants);
		free(row->id);
		free(row->name);
		free(row->image);
		free(row->status);
	}
	free(l->rows);
	*l = (struct listing){0};
}

static void grant_encode(const struct listing_grant *g, struct buf *to)
{
	wire_put_u32(to, g->verbs);
	wire_put_strv(to, g->users);
	wire_put_strv(to, g->runs);
	wire_put_strv(to, g->with);
	wire_put_str(to, g->where);
}

static void grant_decode(struct wire *w, struct listing_grant *g)
{
	g->verbs = wire_u32(w);
	g->users = wire_strv(w, WORDS_MAX, WORDS_BYTES_MAX);
	g->runs = wire_strv(w, WORDS_MAX, WORDS_BYTES_MAX);
	g->with = wire_strv(w, WORDS_MAX, WORDS_BYTES_MAX);
	g->where = wire_str(w, WORD_MAX);
}

void listing_encode(const struct listing *l, struct buf *to)
{
	wire_put_bool(to, l->everything);
	wire_put_u32(to, l->count);
	for (uint32_t i = 0; i < l->count; i++) {
		const struct listing_row *row = &l->rows[i];
		wire_put_str(to, row->id);
		wire_put_str(to, row->name);
		wire_put_str(to, row->image);
		wire_put_u32(to, row->state);
		wire_put_str(to, row->status);
		wire_put_i64(to, row->created);
		wire_put_u32(to, row->grant_count);
		for (uint32_t j = 0; j < row->grant_count; j++)
			grant_encode(&row->grants[j], to);
	}
}

static void row_decode(struct wire *w, struct listing_row *row)
{
	row->id = wire_str(w, WORD_MAX);
	row->name = wire_str(w, WORD_MAX);
	row->image = wire_str(w, WORD_MAX);
	row->state = wire_enum(w, STATE_MAX);
	row->status = wire_str(w, WORD_MAX);
	row->created = wire_i64(w);
	uint32_t count = wire_enum(w, LISTING_GRANTS_MAX);
	row->grants = calloc((size_t)count + 1, sizeof(*row->grants));
	if (!row->grants) {
		w->bad = true;
		return;
	}
	for (; row->grant_count < count && !w->bad; row->grant_count++)
		grant_decode(w, &row->grants[row->grant_count]);
}

int listing_decode(const void *data, size_t len, struct listing *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_listing struct listing l = {.everything = wire_bool(&w)};
	uint32_t count = wire_enum(&w, ANSWER_LIST_MAX);
	l.rows = calloc((size_t)count + 1, sizeof(*l.rows));
	if (!l.rows)
		return -EBADMSG;
	for (; l.count < count && !w.bad; l.count++)
		row_decode(&w, &l.rows[l.count]);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = l;
	l = (struct listing){0};
	return 0;
}

void facts_done(struct facts *f)
{
	free(f->id);
	free(f->name);
	free(f->image);
	free(f->user);
	strv_free(f->labels);
	free(f->host_power);
	*f = (struct facts){0};
}

void facts_encode(const struct facts *f, struct buf *to)
{
	wire_put_str(to, f->id);
	wire_put_str(to, f->name);
	wire_put_str(to, f->image);
	wire_put_str(to, f->user);
	wire_put_strv(to, f->labels);
	wire_put_str(to, f->host_power);
	wire_put_u32(to, f->state);
}

int facts_decode(const void *data, size_t len, struct facts *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_facts struct facts f = {0};
	f.id = wire_str(&w, WORD_MAX);
	f.name = wire_str(&w, WORD_MAX);
	f.image = wire_str(&w, WORD_MAX);
	f.user = wire_str(&w, WORD_MAX);
	f.labels = wire_strv(&w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	f.host_power = wire_str(&w, WORD_MAX);
	f.state = wire_enum(&w, STATE_MAX);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = f;
	f = (struct facts){0};
	return 0;
}

/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/policy/policy.h"
#include "lib/proto/listing.h"
#include "output.h"
#include "stats_print.h"

/* One look needs two samples. So many containers are looked at side by side: each is a process, or two. */
enum { LOOK_MS = 500, SIDE_BY_SIDE = 32, SAMPLES = 2 };

struct gathering {
	struct question *q;
	bool there;
};

static int take_targets(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)which;
	(void)err;
	struct gathering *g = arg;
	cleanup_listing struct listing l = {0};
	int r = type == CHANNEL_LIST ? listing_decode(data, len, &l) : -EBADMSG;
	if (r == 0)
		r = listing_filter_apply(&(const struct listing_filter){.any_verb = POLICY_STATS}, &l);
	for (uint32_t i = 0; r == 0 && i < l.count; i++)
		r = strv_add(&g->q->targets, l.rows[i].id);
	g->there = true;
	return r;
}

/* All that may be seen: the list says which. The engine is lent to that question. */
static int gather_targets(struct question *q, const struct asker *a, struct error *err)
{
	struct gathering g = {.q = q};
	struct request list = {.verb = VERB_LIST, .engine = q->request.engine};
	int r = answer_one(&list, a, take_targets, &g, err);
	if (r == EXIT_SUCCESS && !g.there)
		return error_set(err, -EBADMSG, "centerctl-enter sent no list");
	return r;
}

struct counting {
	const struct question *q;
	struct stats_pair *pairs;
	bool *fresh, *gone;
	size_t count;
	int64_t interval_ms, printed_at;
	struct output out;
};

/* Where all were refused, nothing stands below a heading. */
static bool wants_heading(const struct counting *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->pairs[i].samples > 0)
			return true;
	return c->out.terminal;
}

static int print_counts(struct counting *c, struct error *err)
{
	cleanup_buf struct buf text = {0};
	const struct stats_look look = {.json = c->out.json, .heading = wants_heading(c), .colour = c->out.colour};
	int r = stats_print(c->pairs, c->count, &look, &text);
	if (r == 0)
		r = output_put(&c->out, &text);
	memset(c->fresh, 0, c->count * sizeof(*c->fresh));
	c->printed_at = now_ms();
	return r < 0 ? error_errno(err, r, "cannot write the counts") : 0;
}

/* When each has told something new; or, if one is late, after the interval. */
static bool is_time(const struct counting *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (!c->fresh[i] && !c->gone[i])
			return c->printed_at && now_ms() - c->printed_at >= c->interval_ms * 3 / 2;
	return true;
}

static int take_stats(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	struct counting *c = arg;
	cleanup_stats struct stats s = {0};
	int r = type == CHANNEL_STATS ? stats_decode(data, len, &s) : -EBADMSG;
	if (r < 0)
		return r;
	stats_pair_add(&c->pairs[which], &s);
	c->fresh[which] = true;
	if (!c->q->watch)
		return c->pairs[which].samples >= SAMPLES ? ASKING_ENOUGH : 0;
	return is_time(c) ? print_counts(c, err) : 0;
}

/* Its last counts are no longer true. */
static int stats_ended(void *arg, size_t which, int code)
{
	(void)code;
	struct counting *c = arg;
	c->gone[which] = true;
	if (c->q->watch)
		c->pairs[which].samples = 0;
	return 0;
}

static int count_all(struct question *q, const struct asker *a, struct counting *c, struct error *err)
{
	struct asking asking = {.take = take_stats, .ended = stats_ended, .arg = c, .deadline = INT64_MAX};
	asking.at_once = q->watch ? 0 : SIDE_BY_SIDE;
	q->request.watch = true;
	if (!q->watch)
		q->request.interval_ms = LOOK_MS;
	c->interval_ms = q->request.interval_ms ? q->request.interval_ms : REQUEST_INTERVAL_MS;
	int code = answer_each(q, a, &asking, err);
	int r = code < 0 || q->watch ? 0 : print_counts(c, err);
	return r < 0 ? r : code;
}

int stats_answer(struct question *q, const struct asker *a, struct error *err)
{
	if (q->watch && !q->targets)
		return stats_watch(q, a, err);
	int r = q->targets ? 0 : gather_targets(q, a, err);
	if (r != 0)
		return r;
	struct counting c = {.q = q, .count = strv_len(q->targets), .out = output_open(q->json, q->watch)};
	cleanup_free struct stats_pair *pairs = calloc(c.count + 1, sizeof(*pairs));
	cleanup_free bool *fresh = calloc(c.count + 1, sizeof(*fresh)), *gone = calloc(c.count + 1, sizeof(*gone));
	if (!pairs || !fresh || !gone)
		return error_errno(err, -ENOMEM, "the counts");
	c.out.apart = true;
	c.pairs = pairs;
	c.fresh = fresh;
	c.gone = gone;
	r = count_all(q, a, &c, err);
	for (size_t i = 0; i < c.count; i++)
		stats_pair_done(&pairs[i]);
	return r;
}

/* SPDX-License-Identifier: ISC */
#include "answers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/policy/policy.h"
#include "lib/proto/listing.h"
#include "lib/proto/wire.h"
#include "output.h"
#include "stats_print.h"

/* One look needs two samples. So many containers are looked at side by side: each is a process, or two. */
enum { LOOK_MS = 500, SIDE_BY_SIDE = 32, GRACE_MS = 2000, SAMPLES = 2, WATCHED_MAX = 64 };

/* A request for each target. The caller frees them, also after an error. */
static int encode_all(struct question *q, const struct asker *a, struct buf **ret, struct error *err)
{
	size_t count = strv_len(q->targets);
	*ret = calloc(count + 1, sizeof(**ret));
	if (!*ret)
		return error_errno(err, -ENOMEM, "the questions");
	for (size_t i = 0; i < count; i++) {
		/* Lent for as long as it is encoded. */
		q->request.target = q->targets[i];
		int r = asker_encode(a, &q->request, &(*ret)[i], err);
		q->request.target = NULL;
		if (r < 0)
			return r;
	}
	return 0;
}

static void free_all(struct buf *requests, size_t count)
{
	for (size_t i = 0; requests && i < count; i++)
		buf_done(&requests[i]);
	free(requests);
}

/* Of several exit codes: time was over, something failed, or all is well. */
static int join_codes(const int *codes, size_t count)
{
	int code = EXIT_SUCCESS;
	for (size_t i = 0; i < count; i++) {
		if (codes[i] == ASKING_UNFINISHED || codes[i] == EXIT_TIMED_OUT)
			return EXIT_TIMED_OUT;
		code = codes[i] ? codes[i] : code;
	}
	return code;
}

/* Asks about each of the targets. *ret_codes is freed by the caller. The joined exit code, or -errno. */
static int ask_all(struct question *q, const struct asker *a, struct asking *asking, int **ret_codes, struct error *err)
{
	asking->count = strv_len(q->targets);
	*ret_codes = calloc(asking->count + 1, sizeof(**ret_codes));
	int r = *ret_codes ? encode_all(q, a, &asking->requests, err) : error_errno(err, -ENOMEM, "the questions");
	if (r == 0)
		r = asking_run(asking, *ret_codes, err);
	if (r == 0)
		r = join_codes(*ret_codes, asking->count);
	free_all(asking->requests, asking->count);
	return r;
}

struct waiting {
	int64_t *codes; /* as CHANNEL_WAITED has them */
	bool *there;
};

static int take_waited(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	struct waiting *w = arg;
	struct wire wire = wire_start(data, len);
	w->codes[which] = wire_i64(&wire);
	w->there[which] = wire_end(&wire) == 0 && type == CHANNEL_WAITED;
	return w->there[which] ? 0 : -EBADMSG;
}

/* What is not known, as its container was refused or still runs, has no line. */
static int print_waited(const struct question *q, const struct waiting *w, struct error *err)
{
	bool any = false;
	cleanup_buf struct buf text = {0};
	struct output out = output_open(q->json, false);
	buf_puts(&text, q->json ? "[" : "");
	for (size_t i = 0; q->targets[i]; i++) {
		if (!w->there[i])
			continue;
		if (!q->json) {
			buf_printf(&text, "%" PRId64 "\n", w->codes[i]);
			continue;
		}
		buf_puts(&text, any ? ",\n {\"target\": " : "\n {\"target\": ");
		cell_put_json(&text, q->targets[i]);
		if (w->codes[i] < 0)
			buf_puts(&text, ", \"exit_code\": null}");
		else
			buf_printf(&text, ", \"exit_code\": %" PRId64 "}", w->codes[i]);
		any = true;
	}
	if (q->json)
		buf_puts(&text, any ? "\n]\n" : "]\n");
	int r = output_put(&out, &text);
	return r < 0 ? error_errno(err, r, "cannot write the exit codes") : 0;
}

int wait_answer(struct question *q, const struct asker *a, struct error *err)
{
	size_t count = strv_len(q->targets);
	int64_t timeout = q->request.timeout_ms;
	cleanup_free int *codes = NULL;
	cleanup_free int64_t *ends = calloc(count + 1, sizeof(*ends));
	cleanup_free bool *there = calloc(count + 1, sizeof(*there));
	struct waiting w = {.codes = ends, .there = there};
	struct asking asking = {.take = take_waited, .arg = &w};
	if (!ends || !there)
		return error_errno(err, -ENOMEM, "the exit codes");
	/* centerctl-enter keeps the time, and says who still runs. */
	asking.deadline = timeout ? now_ms() + timeout + GRACE_MS : INT64_MAX;
	int code = ask_all(q, a, &asking, &codes, err);
	int r = code < 0 ? code : print_waited(q, &w, err);
	return r < 0 ? r : code;
}

struct gathering {
	struct question *q;
	bool there;
};

static bool may_have_stats(const struct listing *l, const struct listing_row *row)
{
	uint32_t verbs = 0;
	for (uint32_t i = 0; i < row->grant_count; i++)
		verbs |= row->grants[i].verbs;
	return l->everything || verbs & POLICY_STATS;
}

static int take_targets(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)which;
	(void)err;
	struct gathering *g = arg;
	cleanup_listing struct listing l = {0};
	int r = type == CHANNEL_LIST ? listing_decode(data, len, &l) : -EBADMSG;
	if (r == 0)
		r = listing_filter_apply(&(const struct listing_filter){0}, &l);
	for (uint32_t i = 0; r == 0 && i < l.count; i++)
		if (may_have_stats(&l, &l.rows[i]))
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
static void stats_ended(void *arg, size_t which, int code)
{
	(void)code;
	struct counting *c = arg;
	c->gone[which] = true;
	if (c->q->watch)
		c->pairs[which].samples = 0;
}

static int count_all(struct question *q, const struct asker *a, struct counting *c, struct error *err)
{
	cleanup_free int *codes = NULL;
	struct asking asking = {.take = take_stats, .ended = stats_ended, .arg = c, .deadline = INT64_MAX};
	asking.at_once = q->watch ? 0 : SIDE_BY_SIDE;
	q->request.watch = true;
	if (!q->watch)
		q->request.interval_ms = LOOK_MS;
	c->interval_ms = q->request.interval_ms ? q->request.interval_ms : 2000;
	int code = ask_all(q, a, &asking, &codes, err);
	int r = code < 0 || q->watch ? 0 : print_counts(c, err);
	return r < 0 ? r : code;
}

int stats_answer(struct question *q, const struct asker *a, struct error *err)
{
	int r = q->targets ? 0 : gather_targets(q, a, err);
	if (r != 0)
		return r;
	if (q->watch && strv_len(q->targets) > WATCHED_MAX)
		return error_set(err, -E2BIG, "there are %zu containers: name those that are to be watched, at most %d",
				 strv_len(q->targets), WATCHED_MAX);
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

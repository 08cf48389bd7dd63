/* SPDX-License-Identifier: ISC */
/*
 * `stats -w` of all containers. Question 0 is that of `ls -w`: it tells whom there is to look at, and asks the engine
 * only when something has changed. Each of the others looks at one container's cgroups, as for `stats -w NAME`.
 */
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
#include "report.h"
#include "stats_print.h"

/* A container that is restarted is there again so much later; sooner, it might be asked for when it has just gone. */
enum { WATCHED_MAX = 64, AGAIN_MS = 1000 };

struct watched {
	char *id; /* NULL: nothing is watched here */
	struct stats_pair pair;
	bool listed, open; /* it is in the last list; its question has not ended */
	bool fresh;	   /* counted since all were printed */
	bool over;	   /* the rule allows to watch it no longer */
};

struct watching {
	struct question *q;
	const struct asker *asker;
	struct buf requests[1 + WATCHED_MAX];
	struct watched of[WATCHED_MAX]; /* question i + 1 */
	size_t order[WATCHED_MAX];	/* of the list */
	size_t count;
	struct output out;
	int64_t interval_ms, printed_at, wake;
	int code; /* of question 0 */
	bool listed, said_more;
};

static int print_all(struct watching *w, struct error *err)
{
	cleanup_buf struct buf text = {0};
	struct stats_pair shown[WATCHED_MAX];
	const struct stats_look look = {.json = w->out.json, .heading = true, .colour = w->out.colour};
	for (size_t i = 0; i < w->count; i++) {
		/* Lent. */
		shown[i] = w->of[w->order[i]].pair;
		w->of[w->order[i]].fresh = false;
	}
	int r = stats_print(shown, w->count, &look, &text);
	if (r == 0)
		r = output_put(&w->out, &text);
	w->printed_at = now_ms();
	return r < 0 ? error_errno(err, r, "cannot write the counts") : 0;
}

/* When each has told something new; or, if one is late, after the interval. */
static bool is_time(const struct watching *w)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct watched *of = &w->of[w->order[i]];
		if (of->open && !of->fresh)
			return w->printed_at && now_ms() - w->printed_at >= w->interval_ms * 3 / 2;
	}
	return true;
}

static int ask_for(struct watching *w, size_t which, struct error *err)
{
	struct watched *of = &w->of[which];
	struct request *r = &w->q->request;
	/* Lent for as long as it is encoded. */
	r->target = of->id;
	int result = asker_encode(w->asker, r, &w->requests[which + 1], err);
	r->target = NULL;
	of->open = result == 0;
	return result;
}

static void let_go(struct watched *of)
{
	stats_pair_done(&of->pair);
	free(of->id);
	*of = (struct watched){0};
}

/* Where a container is watched, or may be from now on; WATCHED_MAX: nowhere. */
static size_t find_place(const struct watching *w, const char *id)
{
	size_t place = WATCHED_MAX;
	for (size_t i = 0; i < WATCHED_MAX; i++) {
		if (w->of[i].id && strcmp(w->of[i].id, id) == 0)
			return i;
		if (!w->of[i].id && place == WATCHED_MAX)
			place = i;
	}
	return place;
}

static int take_row(struct watching *w, const char *id, struct error *err)
{
	size_t place = find_place(w, id);
	if (place == WATCHED_MAX)
		return 0;
	struct watched *of = &w->of[place];
	if (!of->id && str_set(&of->id, id) < 0)
		return error_errno(err, -ENOMEM, "the counts");
	of->listed = true;
	w->order[w->count++] = place;
	return of->open || of->over ? 0 : ask_for(w, place, err);
}

/* Places of what is no longer there are free again before the new ones are looked for. */
static void leave_out(struct watching *w, const struct listing *l)
{
	w->count = 0;
	for (size_t i = 0; i < WATCHED_MAX; i++) {
		struct watched *of = &w->of[i];
		of->listed = false;
		for (uint32_t row = 0; of->id && row < l->count; row++)
			of->listed |= strcmp(of->id, l->rows[row].id) == 0;
		if (of->listed)
			continue;
		stats_pair_done(&of->pair);
		of->pair = (struct stats_pair){.samples = 0};
		if (!of->open)
			let_go(of);
	}
}

static int check_count(struct watching *w, uint32_t count, struct error *err)
{
	if (count <= WATCHED_MAX || w->said_more)
		return 0;
	if (!w->listed)
		return error_set(err, -E2BIG, "there are %u containers: name those that are to be watched, at most %d",
				 count, WATCHED_MAX);
	w->said_more = true;
	report_warning("there are more containers by now than can be watched at once: the last ones are left out");
	return 0;
}

static int take_list(struct watching *w, const void *data, size_t len, struct error *err)
{
	const struct listing_filter granted = {.any_verb = POLICY_STATS};
	cleanup_listing struct listing l = {0};
	int r = listing_decode(data, len, &l);
	if (r == 0)
		r = listing_filter_apply(&granted, &l);
	if (r == 0)
		r = check_count(w, l.count, err);
	if (r < 0)
		return r;
	w->listed = true;
	leave_out(w, &l);
	for (uint32_t i = 0; r == 0 && i < l.count && w->count < WATCHED_MAX; i++)
		r = take_row(w, l.rows[i].id, err);
	return r == 0 && w->count == 0 ? print_all(w, err) : r;
}

static int take(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	struct watching *w = arg;
	cleanup_stats struct stats s = {0};
	if (which == 0)
		return type == CHANNEL_LIST ? take_list(w, data, len, err) : -EBADMSG;
	struct watched *of = &w->of[which - 1];
	int r = type == CHANNEL_STATS ? stats_decode(data, len, &s) : -EBADMSG;
	if (r < 0 || !of->listed)
		return r;
	stats_pair_add(&of->pair, &s);
	of->fresh = true;
	return is_time(w) ? print_all(w, err) : 0;
}

static bool is_any_open(const struct watching *w)
{
	for (size_t i = 0; i < WATCHED_MAX; i++)
		if (w->of[i].open)
			return true;
	return false;
}

static int ended(void *arg, size_t which, int code)
{
	struct watching *w = arg;
	if (which == 0) {
		w->code = code;
		return -ETIME;
	}
	struct watched *of = &w->of[which - 1];
	bool counted = of->pair.samples > 0;
	stats_pair_done(&of->pair);
	of->pair = (struct stats_pair){.samples = 0};
	of->open = of->fresh = false;
	of->over = code == EXIT_TIMED_OUT;
	if (of->over && !is_any_open(w)) {
		w->code = code;
		return -ETIME;
	}
	if (!of->listed)
		let_go(of);
	else if (counted && !of->over)
		w->wake = now_ms() + AGAIN_MS;
	return 0;
}

/* What has ended, and is still, or again, in the list: it was restarted. What could not be counted waits for a list. */
static int tick(void *arg, struct error *err)
{
	struct watching *w = arg;
	int r = 0;
	w->wake = INT64_MAX;
	for (size_t i = 0; r == 0 && i < w->count; i++) {
		struct watched *of = &w->of[w->order[i]];
		if (!of->open && !of->over)
			r = ask_for(w, w->order[i], err);
	}
	return r;
}

static int run(struct watching *w, struct error *err)
{
	int codes[1 + WATCHED_MAX];
	const struct asking asking = {
		.requests = w->requests,
		.count = ARRAY_SIZE(w->requests),
		.reported = 1,
		.take = take,
		.ended = ended,
		.tick = tick,
		.wake = &w->wake,
		.arg = w,
		.deadline = INT64_MAX,
	};
	/* The engine is lent. */
	struct request list = {.verb = VERB_LIST, .watch = true, .engine = w->q->request.engine};
	int r = asker_encode(w->asker, &list, &w->requests[0], err);
	return r < 0 ? r : asking_run(&asking, codes, err);
}

int stats_watch(struct question *q, const struct asker *a, struct error *err)
{
	struct watching *w = calloc(1, sizeof(*w));
	if (!w)
		return error_errno(err, -ENOMEM, "the counts");
	w->q = q;
	w->asker = a;
	w->out = output_open(q->json, true);
	w->out.apart = true;
	w->interval_ms = q->request.interval_ms ? q->request.interval_ms : REQUEST_INTERVAL_MS;
	w->wake = INT64_MAX;
	int r = run(w, err);
	if (r == 0 && w->code == 0 && !w->listed)
		r = error_set(err, -EBADMSG, "centerctl-enter sent no list");
	int code = w->code;
	for (size_t i = 0; i < WATCHED_MAX; i++)
		let_go(&w->of[i]);
	for (size_t i = 0; i < ARRAY_SIZE(w->requests); i++)
		buf_done(&w->requests[i]);
	free(w);
	return r < 0 ? r : code;
}

/* SPDX-License-Identifier: ISC */
/* The answers that enter nothing: what the caller may enter, and what root would have the policy asked about. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "channel.h"
#include "host_power.h"
#include "judge.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/listing.h"
#include "lib/proto/message.h"
#include "lookup.h"

/* The vectors change hands. */
static int adopt_grant(struct listing_grant *to, struct policy_grant *from, bool shows_rule)
{
	cleanup_buf struct buf where = {0};
	*to = (struct listing_grant){.verbs = from->verbs,
				     .users = steal_ptr(from->users),
				     .runs = steal_ptr(from->runs),
				     .with = steal_ptr(from->with)};
	if (!shows_rule)
		return 0;
	buf_printf(&where, "%s:%u", from->file, (unsigned)from->line);
	return buf_text(&where) ? str_set(&to->where, where.data) : -ENOMEM;
}

static int add_grants(struct visit *v, const struct container_row *c, struct listing_row *row)
{
	struct policy_target target = {.id = c->id, .name = c->name, .image = c->image, .labels = c->labels};
	struct policy_grant *grants = NULL;
	int count = policy_grants(v->store.policy, &v->subject, &target, time(NULL), v->account.utc_offset, &grants);
	if (count < 0)
		return count;
	int r = 0;
	row->grants = calloc((size_t)count + 1, sizeof(*row->grants));
	if (!row->grants)
		r = -ENOMEM;
	for (int i = 0; r == 0 && i < count && i < LISTING_GRANTS_MAX; i++)
		r = adopt_grant(&row->grants[row->grant_count++], &grants[i], v->asks_for_other);
	policy_grants_free(grants, count);
	return r;
}

static int add_row(struct visit *v, struct container_row *c, struct listing *to)
{
	struct listing_row *row = &to->rows[to->count];
	int r = to->everything ? 0 : add_grants(v, c, row);
	/* What is not allowed is not mentioned. */
	if (r < 0 || (!to->everything && row->grant_count == 0)) {
		free(row->grants);
		*row = (struct listing_row){0};
		return r;
	}
	to->count++;
	row->state = c->state;
	row->created = c->created;
	row->image = steal_ptr(c->image);
	row->status = steal_ptr(c->status);
	r = str_set(&row->id, c->id);
	return r < 0 ? r : str_set(&row->name, c->name);
}

/* Others are not told how many containers there are beside those that they may enter. */
static void tell_left_out(struct visit *v, uint32_t count)
{
	if (count > 0 && !visit_is_judged(v))
		channel_warn(v->channel,
			     "%u container%s left out, since what the engine says of %s cannot be used: "
			     "centerctl show NAME says why",
			     count, count == 1 ? " is" : "s are", count == 1 ? "it" : "them");
}

/* The list; and, for who watches, what of it changes by events alone: not the engine's "Up 3 minutes". */
static int make_list(struct visit *v, bool first, struct buf *to, struct buf *lasting, struct error *err)
{
	cleanup_container_list struct container_list all = {0};
	int r = lookup_list(v, &all, err);
	if (r < 0)
		return r;
	if (first)
		tell_left_out(v, all.left_out);
	cleanup_listing struct listing l = {.everything = !visit_is_judged(v) && !v->asks_for_other};
	l.rows = calloc((size_t)all.count + 1, sizeof(*l.rows));
	for (uint32_t i = 0; l.rows && r == 0 && i < all.count; i++)
		r = add_row(v, &all.rows[i], &l);
	listing_encode(&l, to);
	for (uint32_t i = 0; v->request.watch && i < l.count; i++)
		cleanup_free_function(&l.rows[i].status);
	if (v->request.watch)
		listing_encode(&l, lasting);
	if (r < 0 || !l.rows || to->failed || lasting->failed)
		return error_errno(err, -ENOMEM, "the list of containers");
	return 0;
}

/* How often a list is told again for the sake of the times in it. */
enum { BEAT_MS = 30000 };

/*
 * Waits until something may have changed. What is told of is not looked at: it may be about containers that the caller
 * does not know of. Now and then without a reason, since the times in the list change, too.
 */
static int await_change(struct visit *v, int64_t since_ns, int64_t *beat, bool *ret_event, struct error *err)
{
	enum { LEAST_MS = 100, SETTLE_MS = 100, RETRY_MS = 1000 };
	int64_t left = *beat - now_ms();
	int r = lookup_event(v, since_ns, left > LEAST_MS ? left : LEAST_MS, err);
	if (r == -ECANCELED)
		return r;
	/* Events do not put the beat off: that would tell of them, too. */
	*ret_event = r != -ETIMEDOUT;
	if (!*ret_event)
		*beat = now_ms() + BEAT_MS;
	/* An engine that is restarted breaks the connection; whether it has gone, the next list tells. */
	int64_t pause = r < 0 && r != -ETIMEDOUT ? RETRY_MS : SETTLE_MS;
	return wait_fd_or(-1, 0, v->channel, now_ms() + pause) == -ETIMEDOUT ? 0 : -ECANCELED;
}

static bool is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void replace(struct buf *old, struct buf *by)
{
	buf_done(old);
	*old = *by;
	*by = (struct buf){0};
}

int judge_send_list(struct visit *v, struct error *err)
{
	cleanup_buf struct buf told = {0}, known = {0};
	int64_t end = v->request.timeout_ms ? now_ms() + v->request.timeout_ms : INT64_MAX;
	bool by_event = false;
	int64_t beat = now_ms() + BEAT_MS;
	int placed = v->request.watch && visit_is_judged(v) ? ledger_stay(v, err) : 0;
	if (placed < 0)
		return placed;
	for (bool first = true;; first = false) {
		cleanup_buf struct buf list = {0}, lasting = {0};
		int64_t since = wall_ns();
		int r = make_list(v, first, &list, &lasting, err);
		if (r < 0)
			return r;
		if (first)
			ledger_told(v);
		/* An event that is about nothing in the list is not told, not even by what the time has changed. */
		bool same = by_event ? is_same(&lasting, &known) : is_same(&list, &told);
		if (first || !same) {
			r = message_send(v->channel, CHANNEL_LIST, &list, NULL, 0);
			replace(&told, &list);
			replace(&known, &lasting);
		}
		if (r < 0 || !v->request.watch)
			return r;
		if (now_ms() > end)
			return error_set(err, -ETIME, "your rule allows to watch no longer (timeout=)");
		r = await_change(v, since, &beat, &by_event, err);
		if (r < 0)
			return r;
	}
}

int judge_send_facts(struct visit *v, struct error *err)
{
	const struct container *c = &v->container;
	cleanup_buf struct buf power = {0};
	cleanup_buf struct buf b = {0};
	if (v->entry.ns)
		host_power_tell(v, &power);
	const struct facts f = {.id = (char *)c->id,
				.name = (char *)c->name,
				.image = c->image,
				.user = c->user,
				.labels = c->labels,
				.host_power = power.len ? (char *)(uintptr_t)buf_text(&power) : NULL,
				.state = c->state};
	facts_encode(&f, &b);
	return channel_answer(v->channel, CHANNEL_FACTS, &b, err);
}

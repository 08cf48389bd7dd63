/* SPDX-License-Identifier: ISC */
/* The answers that enter nothing: what the caller may enter, and what root would have the policy asked about. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "judge.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/proto/listing.h"
#include "lib/proto/message.h"
#include "lookup.h"
#include "show.h"

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
	row->image = steal_ptr(c->image);
	r = str_set(&row->id, c->id);
	return r < 0 ? r : str_set(&row->name, c->name);
}

int judge_send_list(struct visit *v, struct error *err)
{
	cleanup_container_list struct container_list all = {0};
	int r = lookup_list(v, &all, err);
	if (r < 0)
		return r;
	cleanup_listing struct listing l = {.everything = !visit_is_judged(v) && !v->asks_for_other};
	l.rows = calloc((size_t)all.count + 1, sizeof(*l.rows));
	for (uint32_t i = 0; l.rows && r == 0 && i < all.count; i++)
		r = add_row(v, &all.rows[i], &l);
	cleanup_buf struct buf b = {0};
	listing_encode(&l, &b);
	if (r < 0 || !l.rows || b.failed)
		return error_errno(err, -ENOMEM, "the list of containers");
	ledger_told(v);
	return message_send(v->channel, CHANNEL_LIST, &b, NULL, 0);
}

int judge_send_facts(struct visit *v, struct error *err)
{
	const struct container *c = &v->container;
	cleanup_buf struct buf power = {0};
	cleanup_buf struct buf b = {0};
	if (v->entry.ns)
		show_host_power(v, &power);
	const struct facts f = {.id = (char *)c->id,
				.name = (char *)c->name,
				.image = c->image,
				.user = c->user,
				.labels = c->labels,
				.host_power = power.len ? (char *)(uintptr_t)buf_text(&power) : NULL,
				.state = c->state};
	facts_encode(&f, &b);
	int r = message_send(v->channel, CHANNEL_FACTS, &b, NULL, 0);
	return r < 0 ? error_errno(err, r, "cannot answer") : 0;
}

/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "env.h"
#include "glob.h"
#include "match.h"

/* One question, put to all rules. Reading the heads of 100 000 of them takes as long as all the rest of a decision. */
struct search {
	const struct policy *p;
	const struct policy_subject *s;
	const struct policy_target *t;
	struct match_filter subject, target;
	uint32_t user_deny; /* the first that denies certain users and was passed over; rule_count: none */
};

static void search_init(struct search *q, const struct policy *p, const struct policy_subject *s,
			const struct policy_target *t)
{
	q->p = p;
	q->s = s;
	q->t = t;
	q->user_deny = p->rule_count;
	match_filter_subject(&q->subject, s);
	match_filter_target(&q->target, t);
}

/* The next rule, from one on, that could match by its head; rule_count if there is none. Of most no more is touched. */
static uint32_t next_fit(const struct search *q, uint32_t i)
{
	const struct policy_head *heads = block_heads(q->p);
	while (i < q->p->rule_count &&
	       !(match_filter_has(&q->subject, heads[i].subject) && match_filter_has(&q->target, heads[i].target)))
		i++;
	return i;
}

static bool denies_users(const struct policy_rule *r)
{
	return !r->allow && r->users;
}

/* The first rule that matches, from one on; rule_count if there is none. */
static uint32_t first_match(struct search *q, const struct policy_ask *a, enum match_as as, uint32_t from)
{
	const struct policy_rule *rules = block_rules(q->p);
	uint32_t i = next_fit(q, from);
	for (; i < q->p->rule_count; i = next_fit(q, i + 1)) {
		if (match_rule(q->p, &rules[i], q->s, q->t, a, as) == MATCH_YES)
			break;
		if (i < q->user_deny && denies_users(&rules[i]))
			q->user_deny = i;
	}
	return i;
}

static bool has_any_user(const struct policy *p, const struct policy_rule *r)
{
	struct block_list l = block_list(p, r->users);
	for (const char *user; (user = block_next_text(p, &l));)
		if (strcmp(user, "*") == 0)
			return true;
	return false;
}

static void fill_with(const struct policy *p, const struct policy_rule *r, struct policy_with *with)
{
	const struct policy_extra *e = block_extra(p, r);
	*with = (struct policy_with){
		.flags = r->flags,
		.timeout_ms = e->timeout_ms,
		.idle_ms = e->idle_ms,
		.sessions = e->sessions,
		.cap_add = e->cap_add,
		.ns = e->ns,
		.any_user = has_any_user(p, r),
		.by_run = r->runs != 0,
	};
}

static uint32_t pick_user(struct search *q, const struct policy_ask *a, const char **ret)
{
	bool told = match_is_told(a->verb), typed = a->user && *a->user && !told;
	*ret = typed ? a->user : NULL;
	uint32_t i = first_match(q, a, typed ? AS_SETTLED : AS_OPEN, 0);
	const struct policy_rule *r = block_rules(q->p) + i;
	if (typed || told || i == q->p->rule_count || !r->allow || match_own_user(q->p, r, a->own_user))
		return i;
	struct block_list users = block_list(q->p, r->users);
	*ret = block_next_text(q->p, &users);
	return i;
}

uint32_t match_pick_user(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
			 const struct policy_ask *a, const char **ret)
{
	struct search q;
	search_init(&q, p, s, t);
	return pick_user(&q, a, ret);
}

/*
 * What decides once the user is settled, when rule i was the first that matched before: of the rules above it, only
 * those that deny certain users were not looked at.
 */
static uint32_t settled_match(struct search *q, const struct policy_ask *a, uint32_t i)
{
	const struct policy_rule *rules = block_rules(q->p);
	for (uint32_t j = q->user_deny; j < i; j = next_fit(q, j + 1))
		if (denies_users(&rules[j]) && match_rule(q->p, &rules[j], q->s, q->t, a, AS_SETTLED) == MATCH_YES)
			return j;
	return first_match(q, a, AS_SETTLED, i);
}

void policy_decide(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
		   const struct policy_ask *a, struct policy_decision *ret)
{
	struct policy_ask asked = *a;
	struct search q;
	search_init(&q, p, s, t);
	uint32_t i = pick_user(&q, a, &asked.user);
	if (i < p->rule_count && block_rules(p)[i].allow && !(a->user && *a->user))
		i = settled_match(&q, &asked, i);
	*ret = (struct policy_decision){.rule = i};
	if (i == p->rule_count)
		return;
	const struct policy_rule *r = block_rules(p) + i;
	ret->allow = r->allow;
	ret->file = block_text(p, r->file);
	ret->line = r->line;
	if (!r->allow)
		return;
	ret->user = asked.user;
	fill_with(p, r, &ret->with);
}

bool policy_may(const struct policy *p, const struct policy_subject *s, int64_t now, int32_t utc_offset)
{
	const struct policy_head *heads = block_heads(p);
	const struct policy_rule *rules = block_rules(p);
	struct match_filter subject;
	match_filter_subject(&subject, s);
	for (uint32_t i = 0; i < p->rule_count; i++) {
		const struct policy_rule *r = &rules[i];
		if (!match_filter_has(&subject, heads[i].subject) || !match_subject(p, r, s))
			continue;
		if (!r->allow && match_is_plain(p, r) && match_every_target(p, r))
			return false;
		if (r->allow && match_place_and_time(p, r, s, now + utc_offset) == MATCH_YES)
			return true;
	}
	return false;
}

bool policy_env_allowed(const struct policy *p, const struct policy_decision *d, const char *name, size_t name_len)
{
	if (!d->allow || d->rule >= p->rule_count)
		return false;
	const struct policy_rule *r = block_rules(p) + d->rule;
	struct block_list env = block_list(p, block_extra(p, r)->env);
	if (r->runs && env_is_dangerous(name, name_len))
		return false;
	for (const char *pattern; (pattern = block_next_text(p, &env));)
		if (glob_match(pattern, name, name_len))
			return true;
	return false;
}

bool policy_toolbox_allowed(const struct policy *p, const struct policy_decision *d, const char *name)
{
	if (!d->allow || d->rule >= p->rule_count)
		return false;
	uint32_t list = block_extra(p, block_rules(p) + d->rule)->toolboxes;
	struct block_list toolboxes = block_list(p, list);
	if (!list)
		return strcmp(name, "default") == 0;
	for (const char *one; (one = block_next_text(p, &toolboxes));)
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

const char *policy_toolbox_first(const struct policy *p, const struct policy_decision *d)
{
	uint32_t list = d->rule < p->rule_count ? block_extra(p, block_rules(p) + d->rule)->toolboxes : 0;
	struct block_list toolboxes = block_list(p, list);
	const char *first = block_next_text(p, &toolboxes);
	return first ? first : "default";
}

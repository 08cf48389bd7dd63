/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "env.h"
#include "glob.h"
#include "match.h"

/* The first rule that matches, from one on; rule_count if there is none. */
static uint32_t first_match(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
			    const struct policy_ask *a, enum match_as as, uint32_t from)
{
	const struct policy_head *heads = block_heads(p);
	const struct policy_rule *rules = block_rules(p);
	struct match_filter subject, target;
	match_filter_subject(&subject, s);
	match_filter_target(&target, t);
	for (uint32_t i = from; i < p->rule_count; i++)
		if (match_filter_has(&subject, heads[i].subject) && match_filter_has(&target, heads[i].target) &&
		    match_rule(p, &rules[i], s, t, a, as) == MATCH_YES)
			return i;
	return p->rule_count;
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

uint32_t match_pick_user(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
			 const struct policy_ask *a, const char **ret)
{
	bool typed = a->user && *a->user;
	*ret = typed ? a->user : NULL;
	uint32_t i = first_match(p, s, t, a, typed ? AS_SETTLED : AS_OPEN, 0);
	if (typed || i == p->rule_count || !block_rules(p)[i].allow ||
	    match_own_user(p, &block_rules(p)[i], a->own_user))
		return i;
	struct block_list users = block_list(p, block_rules(p)[i].users);
	*ret = block_next_text(p, &users);
	return i;
}

/*
 * What decides once the user is settled, when rule i was the first that matched before: of the rules above it, only
 * those that deny certain users were not looked at.
 */
static uint32_t settled_match(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
			      const struct policy_ask *a, uint32_t i)
{
	const struct policy_rule *rules = block_rules(p);
	for (uint32_t j = 0; j < i; j++)
		if (!rules[j].allow && rules[j].users && match_rule(p, &rules[j], s, t, a, AS_SETTLED) == MATCH_YES)
			return j;
	return first_match(p, s, t, a, AS_SETTLED, i);
}

void policy_decide(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
		   const struct policy_ask *a, struct policy_decision *ret)
{
	struct policy_ask asked = *a;
	uint32_t i = match_pick_user(p, s, t, a, &asked.user);
	if (i < p->rule_count && block_rules(p)[i].allow && !(a->user && *a->user))
		i = settled_match(p, s, t, &asked, i);
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

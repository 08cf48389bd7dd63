/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "match.h"

struct grants {
	const struct policy *p;
	struct policy_grant *list;
	int count;
	uint32_t denied;     /* verbs that an earlier rule denies whoever the user is */
	char **denied_users; /* users that one denies for everything */
};

static void grant_done(struct policy_grant *g)
{
	strv_free(g->users);
	strv_free(g->runs);
	strv_free(g->with);
	*g = (struct policy_grant){0};
}

void policy_grants_free(struct policy_grant *g, int count)
{
	for (int i = 0; i < count; i++)
		grant_done(&g[i]);
	free(g);
}

static int copy_texts(const struct policy *p, uint32_t list, char *const *except, char ***ret)
{
	struct block_list l = block_list(p, list);
	int r = 0;
	for (const char *text; r == 0 && (text = block_next_text(p, &l));)
		if (!strv_has(except, text))
			r = strv_add(ret, text);
	return r;
}

static int copy_runs(const struct policy *p, uint32_t list, char ***ret)
{
	struct block_list l = block_list(p, list), words;
	int r = 0;
	for (const char *text; r == 0 && (text = block_next_run(p, &l, &words));)
		r = strv_add(ret, text);
	return r;
}

static bool has_all(char *const *have, char *const *want)
{
	for (; want && *want; want++)
		if (!strv_has(have, *want))
			return false;
	return true;
}

/* Whether whatever g grants, earlier ones decide already. Where nothing is entered, users do not count. */
static bool is_covered(const struct grants *gs, const struct policy_grant *g)
{
	uint32_t left = g->verbs;
	for (int i = 0; i < gs->count; i++) {
		const struct policy_grant *e = &gs->list[i];
		bool users = strv_has(e->users, "*") || has_all(e->users, g->users);
		bool runs = !e->runs || (g->runs && has_all(e->runs, g->runs));
		left &= ~(users && runs ? e->verbs : e->verbs & POLICY_VERBS_TOLD);
	}
	return left == 0;
}

static int add_grant(struct grants *gs, const struct policy_rule *r)
{
	const struct policy *p = gs->p;
	struct policy_grant g = {.verbs = r->verbs & ~gs->denied, .file = block_text(p, r->file), .line = r->line};
	struct policy_grant *bigger;
	if (g.verbs == 0)
		return 0;
	if (copy_texts(p, r->users, gs->denied_users, &g.users) < 0 || copy_runs(p, r->runs, &g.runs) < 0 ||
	    copy_texts(p, block_extra(p, r)->with, NULL, &g.with) < 0)
		goto no_memory;
	if (!g.users)
		g.verbs &= POLICY_VERBS_TOLD;
	if (!g.verbs || is_covered(gs, &g)) {
		grant_done(&g);
		return 0;
	}
	bigger = realloc(gs->list, ((size_t)gs->count + 1) * sizeof(*bigger));
	if (!bigger)
		goto no_memory;
	gs->list = bigger;
	gs->list[gs->count++] = g;
	return 0;
no_memory:
	grant_done(&g);
	return -ENOMEM;
}

/* What of a deny rule can be said without knowing what is asked for. */
static int subtract(struct grants *gs, const struct policy_rule *r)
{
	int error = 0;
	if (!r->users || match_users_have(gs->p, r, "*"))
		gs->denied |= r->verbs;
	else if (r->verbs == POLICY_VERBS_ALL)
		error = copy_texts(gs->p, r->users, NULL, &gs->denied_users);
	return error;
}

int policy_grants(const struct policy *p, const struct policy_subject *s, const struct policy_target *t, int64_t now,
		  int32_t utc_offset, struct policy_grant **ret)
{
	const struct policy_head *heads = block_heads(p);
	const struct policy_rule *rules = block_rules(p);
	struct match_filter subject, target;
	struct grants gs = {.p = p};
	int error = 0;
	match_filter_subject(&subject, s);
	match_filter_target(&target, t);
	for (uint32_t i = 0; error == 0 && gs.denied != POLICY_VERBS_ALL && i < p->rule_count; i++) {
		const struct policy_rule *r = &rules[i];
		if (!match_filter_has(&subject, heads[i].subject) || !match_filter_has(&target, heads[i].target) ||
		    !match_subject(p, r, s) || !match_target(p, r, t) ||
		    match_place_and_time(p, r, s, now + utc_offset) != MATCH_YES)
			continue;
		error = r->allow ? add_grant(&gs, r) : subtract(&gs, r);
	}
	strv_free(gs.denied_users);
	if (error < 0) {
		policy_grants_free(gs.list, gs.count);
		return error;
	}
	*ret = gs.list;
	return gs.count;
}

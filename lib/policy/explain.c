/* SPDX-License-Identifier: ISC */
#include "explain.h"

#include <string.h>

#include "match.h"
#include "render.h"

struct question {
	const struct policy *p;
	const struct policy_subject *s;
	const struct policy_target *t;
	const struct policy_ask *a; /* with the user settled, if as is AS_SETTLED */
	enum match_as as;
};

size_t policy_rule_count(const struct policy *p)
{
	return p->rule_count;
}

static void say_asked_user(struct buf *to, const struct policy_ask *a)
{
	if (a->user && *a->user)
		buf_puts(to, a->user);
	else
		buf_printf(to, "the container's own user (%s)", a->own_user && *a->own_user ? a->own_user : "root");
}

static void say_user(struct buf *to, const struct question *q, const struct policy_rule *r)
{
	if (match_is_told(q->a->verb)) {
		buf_puts(to, "nothing is entered, and it denies certain users only: ");
	} else if (q->as == AS_OPEN) {
		buf_puts(to, "it denies certain users, and no rule before has settled as whom this would be: ");
	} else {
		buf_puts(to, "not as ");
		say_asked_user(to, q->a);
		buf_puts(to, ": it is as ");
	}
	render_users(to, q->p, r);
}

static void say_run(struct buf *to, const struct question *q, const struct policy_rule *r, bool shell)
{
	buf_puts(to, shell ? "not for a shell: it is to run " : "not this command: it is to run ");
	render_runs(to, q->p, r);
}

static void say_from(struct buf *to, const struct question *q, const struct policy_rule *r, bool known)
{
	buf_puts(to, known ? "not from this address: it is from " : "there is no client's address: it is from ");
	render_from(to, q->p, r);
}

static void say_time(struct buf *to, const struct question *q, const struct policy_rule *r, enum match why)
{
	const struct policy_extra *e = block_extra(q->p, r);
	if (why == MATCH_HOURS) {
		buf_puts(to, "not now: its hours are ");
		render_hours(to, q->p, r);
	} else if (why == MATCH_AFTER) {
		buf_puts(to, "not yet: it begins ");
		render_date(to, e->after);
	} else {
		buf_puts(to, "no longer: it ended ");
		render_end(to, e->until);
	}
}

static void say_miss(struct buf *to, const struct question *q, const struct policy_rule *r, enum match why)
{
	switch (why) {
	case MATCH_SUBJECT:
		buf_puts(to, "not for ");
		render_asker(to, q->s);
		buf_puts(to, ": it is for ");
		render_subjects(to, q->p, r);
		break;
	case MATCH_TARGET:
		buf_printf(to, "not to %s: it is to ", q->t->name);
		render_targets(to, q->p, r);
		break;
	case MATCH_VERB:
		buf_puts(to, "not for ");
		render_verbs(to, q->a->verb);
		buf_puts(to, ": it is for ");
		render_verbs(to, r->verbs);
		break;
	case MATCH_USER:
		say_user(to, q, r);
		break;
	case MATCH_ROOT:
		buf_puts(to, "the user is root inside: it is as ");
		render_users(to, q->p, r);
		break;
	case MATCH_RUN:
	case MATCH_RUN_SHELL:
		say_run(to, q, r, why == MATCH_RUN_SHELL);
		break;
	case MATCH_FROM:
	case MATCH_NO_ADDRESS:
		say_from(to, q, r, why == MATCH_FROM);
		break;
	default:
		say_time(to, q, r, why);
	}
}

static void say_rule(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	render_where(to, p, r);
	buf_puts(to, r->allow ? ": allow: " : ": deny: ");
}

/* How many rules from here on, in the same file, are for somebody else. */
static uint32_t others(const struct question *q, uint32_t from, uint32_t to)
{
	const struct policy_rule *rules = block_rules(q->p);
	uint32_t i = from;
	while (i < to && rules[i].file == rules[from].file && !match_subject(q->p, &rules[i], q->s))
		i++;
	return i - from;
}

/* Rules from..to, none of which matches. A large policy is mostly for others: those are told by their lines alone. */
static void say_misses(struct buf *to, const struct question *q, uint32_t end)
{
	enum { FEW = 8 };
	const struct policy_rule *rules = block_rules(q->p);
	for (uint32_t i = 0; i < end;) {
		const struct policy_rule *r = &rules[i];
		uint32_t count = others(q, i, end);
		if (count > FEW) {
			render_where(to, q->p, r);
			buf_printf(to, "-%u: %u rules for others\n", rules[i + count - 1].line, count);
			i += count;
			continue;
		}
		say_rule(to, q->p, r);
		say_miss(to, q, r, match_rule(q->p, r, q->s, q->t, q->a, q->as));
		buf_puts(to, "\n");
		i++;
	}
}

static void say_decision(struct buf *to, const struct question *q, const struct policy_decision *d)
{
	if (d->rule >= q->p->rule_count) {
		buf_puts(to, "denied: no rule matches\n");
		return;
	}
	const struct policy_rule *r = &block_rules(q->p)[d->rule];
	say_rule(to, q->p, r);
	buf_puts(to, "matches\n");
	if (!d->allow) {
		buf_puts(to, "denied\n");
		return;
	}
	buf_puts(to, "allowed");
	if (!match_is_told(q->a->verb)) {
		buf_puts(to, ", as ");
		say_asked_user(to, q->a);
	}
	if (block_extra(q->p, r)->with) {
		buf_puts(to, ", with ");
		render_with(to, q->p, r);
	}
	if (q->a->verb == POLICY_DEBUG && !block_extra(q->p, r)->toolboxes)
		buf_puts(to, ", in the toolbox default");
	if (q->a->verb == POLICY_DIAL && !block_extra(q->p, r)->ports)
		buf_puts(to, ", to the container's own ports");
	buf_puts(to, "\n");
}

void policy_explain(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
		    const struct policy_ask *a, struct policy_decision *ret, struct buf *to)
{
	struct policy_ask asked = *a;
	struct question q = {.p = p, .s = s, .t = t, .a = &asked};
	uint32_t i = match_pick_user(p, s, t, a, &asked.user);
	policy_decide(p, s, t, a, ret);
	/* Where no allow rule picked anybody, nothing was settled. */
	bool typed = a->user && *a->user;
	if (!typed && (i == p->rule_count || !block_rules(p)[i].allow))
		q.as = AS_OPEN;
	say_misses(to, &q, ret->rule);
	say_decision(to, &q, ret);
}

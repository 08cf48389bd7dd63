/* SPDX-License-Identifier: ISC */
/*
 * One rule against one question. The order in which conditions are looked at is that in which `policy explain` names
 * the first that does not hold; it changes no decision.
 */
#ifndef CENTERCTL_POLICY_MATCH_H
#define CENTERCTL_POLICY_MATCH_H

#include "block.h"

enum match {
	MATCH_YES = 0,
	MATCH_SUBJECT,
	MATCH_TARGET,
	MATCH_VERB,
	MATCH_USER,	 /* the user that was asked for is not in `as` */
	MATCH_ROOT,	 /* an allow rule without root, and inside the user is root */
	MATCH_RUN,	 /* the command fits none of the patterns */
	MATCH_RUN_SHELL, /* there is no command, and the rule is for commands */
	MATCH_FROM,
	MATCH_NO_ADDRESS,
	MATCH_AFTER,
	MATCH_UNTIL,
	MATCH_HOURS,
};

/*
 * Whether it is settled as whom the caller would enter. If nobody was typed, it is not until the first allow rule has
 * picked one: rules that deny a user cannot be held against anybody before that.
 */
enum match_as { AS_SETTLED = 0, AS_OPEN };

/* The hashes of whatever could be in a rule's head for this question, as a Bloom filter. */
struct match_filter {
	uint64_t bits[256];
};
void match_filter_subject(struct match_filter *f, const struct policy_subject *s);
void match_filter_target(struct match_filter *f, const struct policy_target *t);
static inline bool match_filter_has(const struct match_filter *f, uint32_t hash)
{
	return hash == 0 || (f->bits[hash >> 6 & 255] >> (hash & 63) & 1);
}

bool match_subject(const struct policy *p, const struct policy_rule *r, const struct policy_subject *s);
bool match_target(const struct policy *p, const struct policy_rule *r, const struct policy_target *t);
/* `from`, `after`, `until`, `hours`. */
enum match match_place_and_time(const struct policy *p, const struct policy_rule *r, const struct policy_subject *s,
				int64_t local);
/* `for`, `as`, `run`. */
enum match match_ask(const struct policy *p, const struct policy_rule *r, const struct policy_ask *a, enum match_as as);

enum match match_rule(const struct policy *p, const struct policy_rule *r, const struct policy_subject *s,
		      const struct policy_target *t, const struct policy_ask *a, enum match_as as);

/*
 * As whom, if nobody was typed: the text of the question or of the policy in *ret, NULL there for the container's own.
 * Returns the number of the first rule that matches so far, the count of rules if none does. With a typed user that is
 * all.
 */
uint32_t match_pick_user(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
			 const struct policy_ask *a, const char **ret);

/* Whether it has no condition but its subjects and targets. */
bool match_is_plain(const struct policy *p, const struct policy_rule *r);
/* Whether one of its targets is *. */
bool match_every_target(const struct policy *p, const struct policy_rule *r);

/* Whether it enters nothing, so that nobody of the container's is had. */
bool match_is_told(enum policy_verb verb);

/* Items of `as`. root and 0 are one; numbers are compared as numbers. */
bool match_user_is_root(const char *user);
bool match_users_have(const struct policy *p, const struct policy_rule *r, const char *item);
/* Whether the container's own user ("USER[:GROUP]") may be had by this rule. */
bool match_own_user(const struct policy *p, const struct policy_rule *r, const char *own);

#endif

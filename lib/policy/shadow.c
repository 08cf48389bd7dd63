/* SPDX-License-Identifier: ISC */
#include "shadow.h"

#include <string.h>

#include "glob.h"
#include "match.h"

/* Whether a matches all that b matches. True only if it is so; not always true when it is so. */
static bool glob_covers(const char *a, const char *b)
{
	if (strcmp(a, b) == 0 || strcmp(a, "*") == 0)
		return true;
	/* Read as a text, b stands for what it matches: only a's * takes b's *, and only a's * and ? take b's ?. */
	if (strchr(a, '\\') || strchr(b, '\\') || strchr(a, '?'))
		return false;
	return glob_match(a, b, strlen(b));
}

static bool subject_covers(const struct policy *p, const struct policy_subject_item *a,
			   const struct policy_subject_item *b)
{
	if (a->kind == SUBJECT_ANY)
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind == SUBJECT_UID || a->kind == SUBJECT_GID)
		return a->value == b->value;
	return strcmp(block_text(p, a->value), block_text(p, b->value)) == 0;
}

static bool target_covers(const struct policy *p, const struct policy_target_item *a,
			  const struct policy_target_item *b)
{
	const char *aa = block_text(p, a->a), *ba = block_text(p, b->a), *ab = block_text(p, a->b),
		   *bb = block_text(p, b->b);
	if (a->kind == TARGET_NAME && strcmp(aa, "*") == 0)
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind == TARGET_ID)
		return strncmp(aa, ba, strlen(aa)) == 0;
	if (a->kind == TARGET_LABEL)
		return strcmp(aa, ba) == 0 && glob_covers(ab, bb);
	return glob_covers(aa, ba) && (a->kind != TARGET_COMPOSE || glob_covers(ab, bb));
}

static bool subjects_cover(const struct policy *p, const struct policy_rule *a, const struct policy_rule *b)
{
	struct policy_subject_item x, y;
	for (struct block_list lb = block_list(p, b->subjects); block_next(&lb, &y, sizeof(y));) {
		bool found = false;
		for (struct block_list la = block_list(p, a->subjects); !found && block_next(&la, &x, sizeof(x));)
			found = subject_covers(p, &x, &y);
		if (!found)
			return false;
	}
	return true;
}

static bool targets_cover(const struct policy *p, const struct policy_rule *a, const struct policy_rule *b)
{
	struct policy_target_item x, y;
	for (struct block_list lb = block_list(p, b->targets); block_next(&lb, &y, sizeof(y));) {
		bool found = false;
		for (struct block_list la = block_list(p, a->targets); !found && block_next(&la, &x, sizeof(x));)
			found = target_covers(p, &x, &y);
		if (!found)
			return false;
	}
	return true;
}

static bool users_cover(const struct policy *p, const struct policy_rule *a, const struct policy_rule *b)
{
	struct block_list users = block_list(p, b->users);
	if (!a->users)
		return true;
	if (!b->users)
		return match_users_have(p, a, "*");
	for (const char *user; (user = block_next_text(p, &users));)
		if (!match_users_have(p, a, user))
			return false;
	return true;
}

static bool has_run(const struct policy *p, const struct policy_rule *r, const char *pattern)
{
	struct block_list l = block_list(p, r->runs), words;
	for (const char *text; (text = block_next_run(p, &l, &words));)
		if (strcmp(text, pattern) == 0 || strcmp(text, "*") == 0)
			return true;
	return false;
}

static bool runs_cover(const struct policy *p, const struct policy_rule *a, const struct policy_rule *b)
{
	struct block_list l = block_list(p, b->runs), words;
	if (!a->runs)
		return true;
	if (!b->runs)
		return false;
	for (const char *text; (text = block_next_run(p, &l, &words));)
		if (!has_run(p, a, text))
			return false;
	return true;
}

static bool same_list(const struct policy *p, uint32_t a, uint32_t b)
{
	struct block_list x = block_list(p, a), y = block_list(p, b);
	return x.left == y.left && memcmp(x.at, y.at, x.left * sizeof(*x.at)) == 0;
}

static bool place_and_time_cover(const struct policy *p, const struct policy_rule *a, const struct policy_rule *b)
{
	const struct policy_extra *x = block_extra(p, a), *y = block_extra(p, b);
	if (x->after > y->after || (x->until && (!y->until || x->until < y->until)))
		return false;
	return (!x->from || same_list(p, x->from, y->from)) && (!x->hours || same_list(p, x->hours, y->hours));
}

/* What a rule decides: where nothing is entered, one that denies certain users has none to deny. */
static uint32_t decided_verbs(const struct policy *p, const struct policy_rule *r)
{
	bool some = !r->allow && r->users && !match_users_have(p, r, "*");
	return some ? r->verbs & ~(uint32_t)POLICY_VERBS_TOLD : r->verbs;
}

static bool verbs_cover(const struct policy *p, const struct policy_rule *a, const struct policy_rule *b)
{
	uint32_t mine = decided_verbs(p, a), its = decided_verbs(p, b);
	return (its & ~mine) == 0 && (!(its & ~(uint32_t)POLICY_VERBS_TOLD) || users_cover(p, a, b));
}

static bool covers(const struct policy *p, const struct policy_rule *a, const struct policy_rule *b)
{
	return subjects_cover(p, a, b) && targets_cover(p, a, b) && verbs_cover(p, a, b) && runs_cover(p, a, b) &&
	       place_and_time_cover(p, a, b);
}

const struct policy_rule *shadow_find(const struct policy *p, uint32_t i)
{
	const struct policy_rule *rules = block_rules(p);
	const struct policy_head *heads = block_heads(p), mine = heads[i];
	for (uint32_t j = 0; j < i; j++) {
		/* One subject covers that one alone. (A target's hash may be that of a pattern.) */
		if (heads[j].subject && heads[j].subject != mine.subject)
			continue;
		if (covers(p, &rules[j], &rules[i]))
			return &rules[j];
	}
	return NULL;
}

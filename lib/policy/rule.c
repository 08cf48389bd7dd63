/* SPDX-License-Identifier: ISC */
/* allow|deny SUBJECTS to TARGETS [CLAUSE WORD]... */
#include "parse.h"

#include <errno.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "verbs.h"

/* A rule while it is read. */
struct draft {
	struct policy_rule rule;
	struct policy_extra extra;
	struct policy_head head;
	struct buf runs;
	uint32_t seen; /* clauses, by their index */
};

static int parse_as(struct parser *ps, struct draft *d, char *word)
{
	int r = parse_list(ps, word, parse_user, NULL);
	d->rule.users = build_list(&ps->build);
	return r;
}

static int add_verb(struct parser *ps, char *item, void *verbs)
{
	const char *names[POLICY_VERB_COUNT + 2];
	for (unsigned i = 0; i < POLICY_VERB_COUNT; i++) {
		names[i] = policy_verb_names[i];
		if (strcmp(item, names[i]) != 0)
			continue;
		*(uint16_t *)verbs |= (uint16_t)(1u << i);
		return 0;
	}
	names[POLICY_VERB_COUNT] = "all";
	names[POLICY_VERB_COUNT + 1] = NULL;
	if (strcmp(item, "all") != 0)
		return parse_unknown(ps, "thing to be allowed for", item, names);
	*(uint16_t *)verbs = POLICY_VERBS_ALL;
	return 0;
}

static int parse_for(struct parser *ps, struct draft *d, char *word)
{
	d->rule.verbs = 0;
	return parse_list(ps, word, add_verb, &d->rule.verbs);
}

/* Patterns are kept apart until the rule's end, as other lists may come between them. */
static int parse_run_clause(struct parser *ps, struct draft *d, char *word)
{
	if (!d->rule.allow)
		return parse_fail(ps, "run cannot narrow a deny rule: whoever may run anything else can run the denied "
				      "command through that; write allow rules with run for what is wanted");
	int r = parse_run(ps, word);
	buf_add(&d->runs, ps->build.list.data, ps->build.list.len);
	ps->build.list.len = 0;
	return r;
}

static int parse_with_clause(struct parser *ps, struct draft *d, char *word)
{
	if (!d->rule.allow)
		return parse_fail(ps, "with belongs to allow rules: a deny rule permits nothing that it could oblige");
	return parse_with(ps, word, &d->rule, &d->extra);
}

static int parse_from(struct parser *ps, struct draft *d, char *word)
{
	int r = parse_list(ps, word, parse_net, NULL);
	d->extra.from = build_list(&ps->build);
	return r;
}

static int parse_hours_clause(struct parser *ps, struct draft *d, char *word)
{
	int r = parse_list(ps, word, parse_hours, NULL);
	d->extra.hours = build_list(&ps->build);
	return r;
}

static int parse_after(struct parser *ps, struct draft *d, char *word)
{
	return parse_date(ps, word, false, &d->extra.after);
}

static int parse_until(struct parser *ps, struct draft *d, char *word)
{
	return parse_date(ps, word, true, &d->extra.until);
}

static const struct clause {
	const char *name;
	int (*parse)(struct parser *ps, struct draft *d, char *word);
} clauses[] = {
	{"as", parse_as},     {"for", parse_for},     {"run", parse_run_clause}, {"with", parse_with_clause},
	{"from", parse_from}, {"after", parse_after}, {"until", parse_until},	 {"hours", parse_hours_clause},
};
enum { CLAUSE_AS = 1 << 0, CLAUSE_FOR = 1 << 1, CLAUSE_RUN = 1 << 2 };

static int parse_clause(struct parser *ps, struct draft *d, size_t at)
{
	const char *name = words_at(&ps->words, at);
	for (size_t i = 0; i < ARRAY_SIZE(clauses); i++) {
		if (strcmp(name, clauses[i].name) != 0)
			continue;
		if (at + 1 == ps->words.count)
			return parse_fail(ps, "%s: the word behind it is missing", name);
		bool again = d->seen & 1u << i;
		d->seen |= 1u << i;
		if (again && 1u << i != CLAUSE_RUN)
			return parse_fail(ps, "%s is given twice; its items are separated by commas: a,b", name);
		return clauses[i].parse(ps, d, words_at(&ps->words, at + 1));
	}
	static const char *const names[] = {"as", "for", "run", "with", "from", "after", "until", "hours", NULL};
	if (d->seen & CLAUSE_RUN && strcmp(words_at(&ps->words, at - 2), "run") == 0)
		return parse_fail(ps,
				  "\"%s\" behind run: a pattern of several words is one word in quotes: run \"%s %s\"",
				  name, words_at(&ps->words, at - 1), name);
	return parse_unknown(ps, "clause", name, names);
}

static int check_rule(struct parser *ps, const struct draft *d)
{
	bool enters = d->rule.verbs & ~POLICY_VERBS_TOLD;
	if (d->rule.allow && !(d->seen & CLAUSE_AS) && enters)
		return parse_fail(ps, "an allow rule says as whom: as USER[,USER...], or as * for anybody");
	if (d->rule.allow && !(d->seen & CLAUSE_FOR))
		return parse_fail(ps, "an allow rule says what for: for exec, shell, logs, ... or all");
	if (d->seen & CLAUSE_RUN && d->rule.verbs & ~(POLICY_EXEC | POLICY_DEBUG))
		return parse_fail(ps, "run names commands, so the rule is for exec and debug alone: with anything else "
				      "any command could be had");
	if (d->extra.until && d->extra.after >= d->extra.until)
		return parse_fail(ps, "the rule ends (until) before it begins (after)");
	return d->seen & CLAUSE_RUN ? parse_check_env(ps, &d->extra) : 0;
}

static int parse_who_where(struct parser *ps, struct draft *d)
{
	const struct words *w = &ps->words;
	struct parse_head subject = {.hash = &d->head.subject, .allow = d->rule.allow}, target = subject;
	target.hash = &d->head.target;
	if (w->count < 4)
		return parse_fail(ps, "a rule is: %s SUBJECTS to TARGETS ...", words_at(w, 0));
	if (strcmp(words_at(w, 2), "to") != 0)
		return parse_fail(ps,
				  "\"%s\": expected \"to\" behind the subjects (lists have commas and no blanks: a,b)",
				  words_at(w, 2));
	int r = parse_list(ps, words_at(w, 1), parse_subject, &subject);
	d->rule.subjects = build_list(&ps->build);
	if (r == 0)
		r = parse_list(ps, words_at(w, 3), parse_target, &target);
	d->rule.targets = build_list(&ps->build);
	if (subject.count > 1)
		d->head.subject = 0;
	if (target.count > 1)
		d->head.target = 0;
	return r;
}

static int parse_draft(struct parser *ps, struct draft *d)
{
	int r = parse_who_where(ps, d);
	for (size_t at = 4; r == 0 && at < ps->words.count; at += 2)
		r = parse_clause(ps, d, at);
	if (r == 0)
		r = check_rule(ps, d);
	if (r < 0)
		return r;
	build_item(&ps->build, d->runs.data, d->runs.len);
	d->rule.runs = build_list(&ps->build);
	build_rule(&ps->build, &d->rule, &d->extra, &d->head);
	return 0;
}

int parse_rule(struct parser *ps)
{
	bool allow = strcmp(words_at(&ps->words, 0), "allow") == 0;
	struct draft d = {.rule = {.allow = allow, .verbs = POLICY_VERBS_ALL, .file = ps->file, .line = ps->line}};
	int r = parse_draft(ps, &d);
	if (r == 0 && d.runs.failed)
		r = error_errno(ps->err, -ENOMEM, "%s", ps->path);
	buf_done(&d.runs);
	return r;
}

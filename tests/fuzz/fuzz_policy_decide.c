/* SPDX-License-Identifier: ISC */
/*
 * A question to a policy. The input is a line of NAME=VALUE words (-- begins the command), a line with what a deny rule
 * says behind `deny`, and the policy. Whatever they are:
 *
 *	- the rule that decides is the first that matches when all are looked at;
 *	- another deny rule, wherever it is put, never allows more;
 *	- knowing the user's number inside never turns a no into a yes, and never makes it another user;
 *	- what is allowed is among the grants, and who has it may something;
 *	- a rule with `run` lets in no shell, and toolboxes, ports and signals are those that the rule names;
 *	- where nothing is entered, users change nothing.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/policy/explain.h"
#include "lib/policy/match.h"
#include "lib/policy/verbs.h"
#include "lib/policy/words.h"

struct asked {
	struct policy_subject s;
	struct policy_target t;
	struct policy_ask a;
	char *groups[4], *principals[4], *labels[8], *argv[16];
	gid_t gid;
};

static void put(char **list, size_t size, char *value)
{
	size_t n = strv_len(list);
	if (n + 1 < size)
		list[n] = value;
}

static void set_fact(struct asked *k, const char *name, char *value)
{
	uint64_t n = 0;
	parse_u64(value, INT32_MAX, &n);
	const struct {
		const char *name;
		const char **where;
	} texts[] = {{"user", &k->s.user}, {"key", &k->s.key},	   {"print", &k->s.fingerprint},
		     {"id", &k->t.id},	   {"name", &k->t.name},   {"image", &k->t.image},
		     {"as", &k->a.user},   {"own", &k->a.own_user}};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strcmp(name, texts[i].name) == 0)
			*texts[i].where = value;
	if (strcmp(name, "gate") == 0)
		k->s.gate = n & 1;
	else if (strcmp(name, "uid") == 0)
		k->s.uid = (uid_t)n;
	else if (strcmp(name, "gid") == 0)
		k->gid = (gid_t)n, k->s.gids = &k->gid, k->s.gid_count = 1;
	else if (strcmp(name, "from") == 0)
		k->s.has_address = policy_address_parse(value, &k->s.address) == 0;
	else if (strcmp(name, "for") == 0)
		k->a.verb = (enum policy_verb)(1u << n % POLICY_VERB_COUNT);
	else if (strcmp(name, "inside") == 0)
		k->a.uid = (uid_t)n;
	else if (strcmp(name, "now") == 0)
		k->a.now = (int64_t)n;
	else if (strcmp(name, "group") == 0)
		put(k->groups, ARRAY_SIZE(k->groups), value);
	else if (strcmp(name, "principal") == 0)
		put(k->principals, ARRAY_SIZE(k->principals), value);
	else if (strcmp(name, "label") == 0)
		put(k->labels, ARRAY_SIZE(k->labels), value);
}

static void read_question(struct asked *k, const struct words *w)
{
	*k = (struct asked){.t = {.id = "", .name = "", .image = "", .labels = k->labels},
			    .s = {.groups = k->groups, .principals = k->principals},
			    .a = {.verb = POLICY_EXEC}};
	for (size_t i = 0; i < w->count; i++) {
		char *word = words_at(w, i), *value = strchr(word, '=');
		if (strcmp(word, "--") == 0) {
			while (++i < w->count)
				put(k->argv, ARRAY_SIZE(k->argv), words_at(w, i));
			k->a.argv = k->argv;
		} else if (value) {
			*value++ = '\0';
			set_fact(k, word, value);
		}
	}
}

static int read_text(void *arg, const char *path, char **ret_text, size_t *ret_len, struct error *err)
{
	const struct buf *text = arg;
	if (strcmp(path, "/c") != 0)
		return error_errno(err, -ENOENT, "%s", path);
	*ret_text = malloc(text->len + 1);
	memcpy(*ret_text, text->data, text->len);
	*ret_len = text->len;
	return 0;
}

static int list_nothing(void *arg, const char *directory, char ***ret_names, struct error *err)
{
	(void)arg;
	(void)ret_names;
	return error_errno(err, -ENOENT, "%s", directory);
}

static struct policy *load(struct buf *text)
{
	struct policy_reader reader = {read_text, list_nothing, text};
	struct policy *p = NULL;
	struct error err;
	return text->data && policy_load("/c", &reader, &p, &err) == 0 ? p : NULL;
}

static struct policy_decision decide(const struct policy *p, const struct asked *k, bool uid_known)
{
	struct policy_ask a = k->a;
	struct policy_decision d;
	a.uid_known = uid_known;
	policy_decide(p, &k->s, &k->t, &a, &d);
	return d;
}

/* The definition: the first rule that matches, for the user that the first one picks. */
static uint32_t by_definition(const struct policy *p, const struct asked *k, bool uid_known)
{
	struct policy_ask a = k->a;
	uint32_t picked = match_pick_user(p, &k->s, &k->t, &a, &a.user);
	bool typed = k->a.user && *k->a.user;
	a.uid_known = uid_known;
	if (!typed && (picked == p->rule_count || !block_rules(p)[picked].allow))
		return picked;
	uint32_t i = 0;
	while (i < p->rule_count && match_rule(p, &block_rules(p)[i], &k->s, &k->t, &a, AS_SETTLED) != MATCH_YES)
		i++;
	return i;
}

/* Ports, signals, and what enters nothing. */
static void check_reach(const struct policy *p, const struct asked *k, const struct policy_decision *d)
{
	static const char *const hosts[] = {NULL, "", "127.0.0.1", "::1", "localhost", "db", "*", "10.0.0.1"};
	bool itself = policy_port_allowed(p, d, "", 5432);
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		MUST(d->allow || !policy_port_allowed(p, d, hosts[i], 5432));
		MUST(!policy_port_allowed(p, d, hosts[i], 0));
		/* However the container itself is called, it is that. */
		MUST(i >= 4 || !itself || policy_port_allowed(p, d, hosts[i], 5432));
	}
	MUST(d->allow || !policy_signal_allowed(p, d, 15));
	MUST(!policy_signal_allowed(p, d, 0) && !policy_signal_allowed(p, d, 65));
	if (!match_is_told(k->a.verb))
		return;
	struct asked other = *k;
	other.a.user = "somebody:else";
	other.a.own_user = "another";
	MUST(!d->user && decide(p, &other, true).rule == d->rule);
}

static void check_one(const struct policy *p, const struct asked *k)
{
	struct policy_decision before = decide(p, k, false), after = decide(p, k, true), explained;
	cleanup_buf struct buf text = {0};
	MUST(before.rule == by_definition(p, k, false));
	MUST(after.rule == by_definition(p, k, true));
	policy_explain(p, &k->s, &k->t, &k->a, &explained, &text);
	MUST(explained.rule == before.rule && explained.allow == before.allow);
	if (after.allow)
		MUST(before.allow && (before.user == after.user || str_eq(before.user, after.user)));
	/* Toolboxes are those of the rule that allows; the first one it names is one of them. */
	MUST(policy_toolbox_allowed(p, &before, policy_toolbox_first(p, &before)) == before.allow);
	MUST(!policy_toolbox_allowed(p, &before, "") && !policy_toolbox_allowed(p, &before, "no/name"));
	check_reach(p, k, &before);
	if (!before.allow)
		return;
	/* A rule with `run` is for commands: a shell, be it the container's or the toolbox's, is none. */
	MUST(!before.with.by_run || (k->a.argv && k->a.argv[0]));
	struct policy_grant *g;
	uint32_t verbs = 0;
	int count = policy_grants(p, &k->s, &k->t, k->a.now, k->a.utc_offset, &g);
	MUST(count > 0 && policy_may(p, &k->s, k->a.now, k->a.utc_offset));
	for (int i = 0; i < count; i++)
		verbs |= g[i].verbs;
	MUST(verbs & (uint32_t)k->a.verb);
	policy_grants_free(g, count);
}

/* The policy with the deny rule before its n-th line. */
static struct policy *load_with(const char *text, size_t len, const char *deny, size_t deny_len, size_t n)
{
	cleanup_buf struct buf b = {0};
	const char *at = text, *end = text + len;
	for (; n > 0 && at < end; n--) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			break;
		at = newline + 1;
	}
	buf_add(&b, text, (size_t)(at - text));
	buf_puts(&b, "deny ");
	buf_add(&b, deny, deny_len);
	buf_puts(&b, "\n");
	buf_add(&b, at, (size_t)(end - at));
	return load(&b);
}

static void check_with_deny(const struct policy *p, const struct policy *with, const struct asked *k)
{
	for (int uid_known = 0; uid_known < 2; uid_known++)
		MUST(!decide(with, k, uid_known).allow || decide(p, k, uid_known).allow);
}

static const char *take_line(const char **at, const char *end, size_t *ret_len)
{
	const char *line = *at, *newline = memchr(line, '\n', (size_t)(end - line));
	*ret_len = (size_t)((newline ? newline : end) - line);
	*at = newline ? newline + 1 : end;
	return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *at = (const char *)data, *end = at + len;
	size_t question_len, deny_len;
	struct asked k;
	cleanup_words struct words w = {0};
	if (len == 0 || len > 1 << 14)
		return 0;
	const char *question = take_line(&at, end, &question_len), *deny = take_line(&at, end, &deny_len);
	if (words_split(&w, question, question_len, 0) < 0)
		return 0;
	read_question(&k, &w);
	cleanup_buf struct buf text = {0};
	buf_add(&text, at, (size_t)(end - at));
	cleanup_free struct policy *p = load(&text);
	if (!p)
		return 0;
	check_one(p, &k);
	for (size_t n = 0; n < 8; n++) {
		cleanup_free struct policy *with = load_with(at, (size_t)(end - at), deny, deny_len, n);
		/* What breaks a line of the policy is no deny rule. */
		if (with && policy_rule_count(with) == policy_rule_count(p) + 1)
			check_with_deny(p, with, &k);
	}
	return 0;
}

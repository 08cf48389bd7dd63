/* SPDX-License-Identifier: ISC */
#include "match.h"

#include <string.h>

#include "glob.h"
#include "hash.h"
#include "lib/base/text.h"
#include "net.h"
#include "when.h"

static void filter_add(struct match_filter *f, uint32_t hash)
{
	f->bits[hash >> 6 & 255] |= UINT64_C(1) << (hash & 63);
}

static void filter_add_text(struct match_filter *f, uint32_t kind, const char *text)
{
	if (text)
		filter_add(f, hash_text(kind, text));
}

void match_filter_subject(struct match_filter *f, const struct policy_subject *s)
{
	*f = (struct match_filter){0};
	if (s->gate) {
		filter_add_text(f, SUBJECT_KEY, s->key);
		filter_add_text(f, SUBJECT_FINGERPRINT, s->fingerprint);
		for (char *const *p = s->principals; p && *p; p++)
			filter_add_text(f, SUBJECT_PRINCIPAL, *p);
		return;
	}
	filter_add_text(f, SUBJECT_USER, s->user);
	filter_add(f, hash_number(SUBJECT_UID, s->uid));
	for (char *const *g = s->groups; g && *g; g++)
		filter_add_text(f, SUBJECT_GROUP, *g);
	for (size_t i = 0; i < s->gid_count; i++)
		filter_add(f, hash_number(SUBJECT_GID, s->gids[i]));
}

static const char *label(const struct policy_target *t, const char *key)
{
	const char *value = env_get(t->labels, key);
	return value ? value : "";
}

/* What compose calls it; by engine, as the one's labels say nothing about the other's. */
enum { COMPOSE_KINDS = 2 };
static void compose_names(const struct policy_target *t, int kind, const char **project, const char **service)
{
	*project = label(t, kind ? "io.podman.compose.project" : "com.docker.compose.project");
	*service = label(t, kind ? "io.podman.compose.service" : "com.docker.compose.service");
}

/* All that a rule may have that names the text of these pieces. */
static void filter_add_target(struct match_filter *f, uint32_t kind, const char *const pieces[])
{
	uint32_t h = HASH_START + kind;
	size_t len = 0;
	for (; *pieces; pieces++) {
		for (const char *c = *pieces; *c; c++) {
			h = hash_add(h, c, 1);
			if (++len <= HASH_BEGIN_MAX)
				filter_add(f, hash_end_at(h, len));
		}
	}
	filter_add(f, hash_end_at(h, 0));
}

void match_filter_target(struct match_filter *f, const struct policy_target *t)
{
	*f = (struct match_filter){0};
	filter_add_target(f, TARGET_NAME, (const char *const[]){t->name, NULL});
	filter_add_target(f, TARGET_IMAGE, (const char *const[]){t->image, NULL});
	filter_add_target(f, TARGET_ID, (const char *const[]){t->id, NULL});
	for (char *const *l = t->labels; l && *l; l++)
		filter_add_target(f, TARGET_LABEL, (const char *const[]){*l, NULL});
	for (int kind = 0; kind < COMPOSE_KINDS; kind++) {
		const char *project, *service;
		compose_names(t, kind, &project, &service);
		filter_add_target(f, TARGET_COMPOSE, (const char *const[]){project, "/", service, NULL});
	}
}

static bool fits(const char *pattern, const char *text)
{
	return text && glob_match(pattern, text, strlen(text));
}

static bool is_same(const char *a, const char *b)
{
	return *a && b && strcmp(a, b) == 0;
}

static bool has_gid(const struct policy_subject *s, gid_t gid)
{
	for (size_t i = 0; i < s->gid_count; i++)
		if (s->gids[i] == gid)
			return true;
	return false;
}

static bool is_subject(const struct policy *p, const struct policy_subject_item *it, const struct policy_subject *s)
{
	const char *text = block_text(p, it->value);
	if (it->kind == SUBJECT_ANY)
		return true;
	if (s->gate)
		return (it->kind == SUBJECT_KEY && is_same(text, s->key)) ||
		       (it->kind == SUBJECT_FINGERPRINT && is_same(text, s->fingerprint)) ||
		       (it->kind == SUBJECT_PRINCIPAL && *text && strv_has(s->principals, text));
	return (it->kind == SUBJECT_USER && is_same(text, s->user)) ||
	       (it->kind == SUBJECT_UID && it->value == s->uid) ||
	       (it->kind == SUBJECT_GROUP && *text && strv_has(s->groups, text)) ||
	       (it->kind == SUBJECT_GID && has_gid(s, it->value));
}

bool match_subject(const struct policy *p, const struct policy_rule *r, const struct policy_subject *s)
{
	struct policy_subject_item it;
	for (struct block_list l = block_list(p, r->subjects); block_next(&l, &it, sizeof(it));)
		if (is_subject(p, &it, s))
			return true;
	return false;
}

static bool is_compose(const char *project, const char *service, const struct policy_target *t)
{
	for (int kind = 0; kind < COMPOSE_KINDS; kind++) {
		const char *its_project, *its_service;
		compose_names(t, kind, &its_project, &its_service);
		if (*its_project && *its_service && fits(project, its_project) && fits(service, its_service))
			return true;
	}
	return false;
}

static bool is_target(const struct policy *p, const struct policy_target_item *it, const struct policy_target *t)
{
	const char *a = block_text(p, it->a), *b = block_text(p, it->b), *value;
	switch (it->kind) {
	case TARGET_NAME:
		return fits(a, t->name);
	case TARGET_ID:
		return *a && t->id && str_starts(t->id, a);
	case TARGET_LABEL:
		value = env_get(t->labels, a);
		return value && fits(b, value);
	case TARGET_IMAGE:
		return fits(a, t->image);
	case TARGET_COMPOSE:
		return is_compose(a, b, t);
	default:
		return false;
	}
}

bool match_target(const struct policy *p, const struct policy_rule *r, const struct policy_target *t)
{
	struct policy_target_item it;
	for (struct block_list l = block_list(p, r->targets); block_next(&l, &it, sizeof(it));)
		if (is_target(p, &it, t))
			return true;
	return false;
}

bool match_every_target(const struct policy *p, const struct policy_rule *r)
{
	struct policy_target_item it;
	for (struct block_list l = block_list(p, r->targets); block_next(&l, &it, sizeof(it));)
		if (it.kind == TARGET_NAME && strcmp(block_text(p, it.a), "*") == 0)
			return true;
	return false;
}

static enum match match_from(const struct policy *p, uint32_t from, const struct policy_subject *s)
{
	struct policy_net net;
	if (!from)
		return MATCH_YES;
	if (!s->has_address)
		return MATCH_NO_ADDRESS;
	for (struct block_list l = block_list(p, from); block_next(&l, &net, sizeof(net));)
		if (net_has(&net, &s->address))
			return MATCH_YES;
	return MATCH_FROM;
}

static enum match match_hours(const struct policy *p, uint32_t hours, int64_t local)
{
	struct policy_hours h;
	if (!hours)
		return MATCH_YES;
	for (struct block_list l = block_list(p, hours); block_next(&l, &h, sizeof(h));)
		if (when_in_hours(&h, local))
			return MATCH_YES;
	return MATCH_HOURS;
}

enum match match_place_and_time(const struct policy *p, const struct policy_rule *r, const struct policy_subject *s,
				int64_t local)
{
	const struct policy_extra *e = block_extra(p, r);
	enum match m = match_from(p, e->from, s);
	if (m == MATCH_YES && e->after && local < e->after)
		m = MATCH_AFTER;
	if (m == MATCH_YES && e->until && local >= e->until)
		m = MATCH_UNTIL;
	return m == MATCH_YES ? match_hours(p, e->hours, local) : m;
}

/* An account as engines read it: digits are a number whatever passwd says, and root is 0. */
static bool same_account(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len == 4 && memcmp(a, "root", 4) == 0)
		a = "0", a_len = 1;
	if (b_len == 4 && memcmp(b, "root", 4) == 0)
		b = "0", b_len = 1;
	/* Leading zeros are dropped of numbers alone. */
	bool numbers = a_len && b_len && strspn(a, "0123456789") >= a_len && strspn(b, "0123456789") >= b_len;
	for (; numbers && a_len > 1 && *a == '0'; a_len--)
		a++;
	for (; numbers && b_len > 1 && *b == '0'; b_len--)
		b++;
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* A user specification: user, and group or NULL. The empty user is root. */
struct spec {
	const char *user, *group;
	size_t user_len, group_len;
};

static struct spec spec_of(const char *text)
{
	struct spec s = {.user = text ? text : "", .group = NULL};
	s.user_len = strcspn(s.user, ":");
	if (s.user[s.user_len]) {
		s.group = s.user + s.user_len + 1;
		s.group_len = strlen(s.group);
	}
	if (s.user_len == 0) {
		s.user = "0";
		s.user_len = 1;
	}
	return s;
}

static bool same_user(const struct spec *a, const struct spec *b)
{
	return same_account(a->user, a->user_len, b->user, b->user_len);
}

static bool same_group(const struct spec *a, const struct spec *b)
{
	return a->group && b->group && same_account(a->group, a->group_len, b->group, b->group_len);
}

bool match_user_is_root(const char *user)
{
	struct spec s = spec_of(user);
	return same_account(s.user, s.user_len, "0", 1);
}

static bool is_any(const char *item)
{
	return item[0] == '*' && item[1] == '\0';
}

/* Whether some item of `as` holds by f; * always does. */
static bool some_user(const struct policy *p, const struct policy_rule *r,
		      bool (*f)(const struct spec *item, const struct spec *s), const struct spec *s)
{
	struct block_list l = block_list(p, r->users);
	for (const char *text; (text = block_next_text(p, &l));) {
		struct spec item = spec_of(text);
		if (is_any(text) || f(&item, s))
			return true;
	}
	return false;
}

/* What an allow rule grants to who typed it: exactly the item. */
static bool grants_typed(const struct spec *item, const struct spec *typed)
{
	if (!typed->group != !item->group)
		return false;
	return same_user(item, typed) && (!typed->group || same_group(item, typed));
}

/* The container's own user brings its own group along. */
static bool grants_own(const struct spec *item, const struct spec *own)
{
	return same_user(item, own) && (!item->group || same_group(item, own));
}

static bool is_root_item(const struct spec *item, const struct spec *unused)
{
	(void)unused;
	return same_account(item->user, item->user_len, "0", 1);
}

bool match_users_have(const struct policy *p, const struct policy_rule *r, const char *item)
{
	struct spec s = spec_of(item);
	return some_user(p, r, grants_typed, &s);
}

bool match_own_user(const struct policy *p, const struct policy_rule *r, const char *own)
{
	struct spec s = spec_of(own);
	return some_user(p, r, grants_own, &s);
}

/*
 * Nothing that becomes known later may turn a no into a yes: that the user is root inside makes an allow rule match
 * less and a deny rule match more.
 */
static enum match match_user(const struct policy *p, const struct policy_rule *r, const struct policy_ask *a)
{
	bool typed = a->user && *a->user, root = a->uid_known && a->uid == 0;
	struct spec s = spec_of(typed ? a->user : a->own_user);
	/* ":GROUP" names no user; who takes it for which one is not for us to guess. */
	if (typed && *a->user == ':')
		return r->allow ? MATCH_USER : MATCH_YES;
	/* `as USER` in a deny rule means that user with whatever group. */
	if (!r->allow)
		return some_user(p, r, grants_own, &s) || (root && some_user(p, r, is_root_item, &s)) ? MATCH_YES
												      : MATCH_USER;
	if (!some_user(p, r, typed ? grants_typed : grants_own, &s))
		return MATCH_USER;
	return root && !some_user(p, r, is_root_item, &s) ? MATCH_ROOT : MATCH_YES;
}

bool match_is_told(enum policy_verb verb)
{
	return verb & POLICY_VERBS_TOLD;
}

/* Nobody of the container's is had: what an allow rule says of users does not count, and a deny rule for some has none
 * to deny. */
static enum match match_nobody(const struct policy *p, const struct policy_rule *r)
{
	return r->allow || !r->users || match_users_have(p, r, "*") ? MATCH_YES : MATCH_USER;
}

static bool run_fits(const struct policy *p, struct block_list words, char *const *argv)
{
	for (const char *word; (word = block_next_text(p, &words)); argv++) {
		/* The last one, if it is * alone, stands for all further arguments, also none. */
		if (words.left == 0 && is_any(word))
			return true;
		if (!*argv || !fits(word, *argv))
			return false;
	}
	return !*argv;
}

static enum match match_run(const struct policy *p, const struct policy_rule *r, const struct policy_ask *a)
{
	struct block_list runs = block_list(p, r->runs), words;
	if (!r->runs)
		return MATCH_YES;
	if (!a->argv || !a->argv[0] || !(a->verb & (POLICY_EXEC | POLICY_DEBUG)))
		return MATCH_RUN_SHELL;
	while (block_next_run(p, &runs, &words))
		if (run_fits(p, words, a->argv))
			return MATCH_YES;
	return MATCH_RUN;
}

enum match match_ask(const struct policy *p, const struct policy_rule *r, const struct policy_ask *a, enum match_as as)
{
	if (!(r->verbs & (unsigned)a->verb))
		return MATCH_VERB;
	enum match m = MATCH_YES;
	if (match_is_told(a->verb))
		m = match_nobody(p, r);
	else if (as == AS_SETTLED && r->users)
		m = match_user(p, r, a);
	else if (!r->allow && r->users)
		m = MATCH_USER;
	return m == MATCH_YES ? match_run(p, r, a) : m;
}

enum match match_rule(const struct policy *p, const struct policy_rule *r, const struct policy_subject *s,
		      const struct policy_target *t, const struct policy_ask *a, enum match_as as)
{
	if (!match_subject(p, r, s))
		return MATCH_SUBJECT;
	if (!match_target(p, r, t))
		return MATCH_TARGET;
	enum match m = match_ask(p, r, a, as);
	return m == MATCH_YES ? match_place_and_time(p, r, s, a->now + a->utc_offset) : m;
}

bool match_is_plain(const struct policy *p, const struct policy_rule *r)
{
	const struct policy_extra *e = block_extra(p, r);
	return r->verbs == POLICY_VERBS_ALL && !r->users && !r->runs && !e->from && !e->after && !e->until && !e->hours;
}

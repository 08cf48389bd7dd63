/* SPDX-License-Identifier: ISC */
/* The items of a rule's lists, but for `with`. */
#include "parse.h"

#include <errno.h>
#include <string.h>

#include "glob.h"
#include "hash.h"
#include "lib/base/text.h"
#include "net.h"
#include "when.h"

static const uint64_t ID_LIMIT = UINT32_MAX - 1; /* -1 is "no change" to the kernel */

/* What a name may not hold, as it would be read as something else. */
static int check_name(struct parser *ps, const char *item, const char *name)
{
	if (!*name)
		return parse_fail(ps, "\"%s\": the name is missing", item);
	if (strpbrk(name, "*?["))
		return parse_fail(
			ps,
			"\"%s\": subjects are exact names without * ? and [, as who is meant must be plain to see; "
			"* alone is everybody",
			item);
	return 0;
}

static int check_glob(struct parser *ps, const char *item, const char *pattern)
{
	const char *wrong = glob_wrong(pattern);
	return wrong ? parse_fail(ps, "\"%s\": the pattern is wrong: %s", item, wrong) : 0;
}

/* name, or if it has only digits, the number, which is never a name. */
static int add_account(struct parser *ps, struct parse_head *head, const char *item, const char *name, uint32_t kind,
		       uint32_t number_kind)
{
	uint64_t id;
	struct policy_subject_item it = {.kind = kind};
	if (is_digits(name)) {
		if (parse_u64(name, ID_LIMIT, &id) < 0)
			return parse_fail(ps, "\"%s\": the number is too large", item);
		it = (struct policy_subject_item){number_kind, (uint32_t)id};
		*head->hash = hash_number(it.kind, it.value);
	} else {
		it.value = build_text(&ps->build, name);
		*head->hash = hash_text(kind, name);
	}
	build_item(&ps->build, &it, sizeof(it));
	return 0;
}

static bool is_fingerprint(const char *text)
{
	const char *base64 = str_after(text, "SHA256:");
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	return base64 && strspn(base64, digits) == 43 && base64[43] == '\0';
}

static int add_named(struct parser *ps, struct parse_head *head, const char *name, uint32_t kind)
{
	struct policy_subject_item it = {kind, build_text(&ps->build, name)};
	*head->hash = hash_text(kind, name);
	build_item(&ps->build, &it, sizeof(it));
	return 0;
}

/* As the registry takes them (gate_is_name()); another one could never match. */
static bool is_key_name(const char *name)
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-";
	size_t len = strspn(name, signs);
	return len <= 64 && name[len] == '\0' && !strchr("._@+-", name[0]);
}

static int add_key(struct parser *ps, struct parse_head *head, const char *item, const char *name)
{
	if (is_fingerprint(name))
		return add_named(ps, head, name, SUBJECT_FINGERPRINT);
	if (is_key_name(name))
		return add_named(ps, head, name, SUBJECT_KEY);
	return parse_fail(ps,
			  "\"%s\": expected a key's name (at most 64 letters, digits and . _ @ + -), or SHA256: and 43 "
			  "characters, as ssh-keygen -l prints them",
			  item);
}

static const char *const subject_kinds[] = {"user:", "group:", "key:", "principal:", NULL};

int parse_subject(struct parser *ps, char *item, void *arg)
{
	struct parse_head *head = arg;
	head->count++;
	if (strcmp(item, "*") == 0) {
		static const struct policy_subject_item any = {.kind = SUBJECT_ANY};
		*head->hash = 0;
		build_item(&ps->build, &any, sizeof(any));
		return 0;
	}
	const char *colon = strchr(item, ':');
	size_t len = colon ? (size_t)(colon - item) + 1 : 0, kind = 0;
	while (subject_kinds[kind] &&
	       (strlen(subject_kinds[kind]) != len || strncmp(item, subject_kinds[kind], len) != 0))
		kind++;
	if (!subject_kinds[kind]) {
		static const char *const names[] = {"user:NAME",      "group:NAME", "key:NAME", "key:SHA256:...",
						    "principal:NAME", "*",	    NULL};
		return parse_unknown(ps, "subject", item, names);
	}
	const char *name = item + len;
	int r = check_name(ps, item, name);
	if (r < 0)
		return r;
	if (kind < 2)
		return add_account(ps, head, item, name, kind == 0 ? SUBJECT_USER : SUBJECT_GROUP,
				   kind == 0 ? SUBJECT_UID : SUBJECT_GID);
	return kind == 2 ? add_key(ps, head, item, name) : add_named(ps, head, name, SUBJECT_PRINCIPAL);
}

/* Before the item's text is cut in pieces. */
static void hash_target(struct parse_head *head, enum target_kind kind, const char *text)
{
	*head->hash = glob_is_literal(text) && kind != TARGET_ID ? hash_whole(kind, text) : hash_begin(kind, text);
}

static int add_target(struct parser *ps, enum target_kind kind, const char *a, const char *b)
{
	struct policy_target_item it = {.kind = kind, .a = build_text(&ps->build, a), .b = build_text(&ps->build, b)};
	build_item(&ps->build, &it, sizeof(it));
	return 0;
}

static int add_id(struct parser *ps, struct parse_head *head, const char *item, const char *id)
{
	size_t len = strspn(id, "0123456789abcdef");
	if (id[len] || len < 12 || len > 64)
		return parse_fail(ps,
				  "\"%s\": expected 12 to 64 hexadecimal digits (lower case), the container's ID or "
				  "its beginning",
				  item);
	hash_target(head, TARGET_ID, id);
	return add_target(ps, TARGET_ID, id, "");
}

static void note_labels(struct parser *ps, const struct parse_head *head)
{
	if (!head->allow || ps->label_file)
		return;
	ps->label_file = ps->file;
	ps->label_line = ps->line;
}

static int add_label(struct parser *ps, struct parse_head *head, const char *item, char *label)
{
	char *value = strchr(label, '=');
	if (!value || value == label)
		return parse_fail(
			ps, "\"%s\": expected label:KEY=VALUE; the value may be a pattern, label:KEY=* is any", item);
	note_labels(ps, head);
	hash_target(head, TARGET_LABEL, label);
	*value++ = '\0';
	/* An empty value is a value, too. */
	if (*value && check_glob(ps, item, value) < 0)
		return -EINVAL;
	return add_target(ps, TARGET_LABEL, label, value);
}

static int add_compose(struct parser *ps, struct parse_head *head, const char *item, char *project)
{
	char *service = strchr(project, '/');
	if (!service || service == project || !service[1] || strchr(service + 1, '/'))
		return parse_fail(ps,
				  "\"%s\": expected compose:PROJECT/SERVICE; both may be patterns, compose:PROJECT/* "
				  "is all of it",
				  item);
	note_labels(ps, head);
	hash_target(head, TARGET_COMPOSE, project);
	*service++ = '\0';
	if (check_glob(ps, item, project) < 0 || check_glob(ps, item, service) < 0)
		return -EINVAL;
	return add_target(ps, TARGET_COMPOSE, project, service);
}

static int add_pattern(struct parser *ps, struct parse_head *head, const char *item, const char *pattern,
		       enum target_kind kind)
{
	int r = check_glob(ps, item, pattern);
	if (r < 0)
		return r;
	hash_target(head, kind, pattern);
	return add_target(ps, kind, pattern, "");
}

int parse_target(struct parser *ps, char *item, void *arg)
{
	struct parse_head *head = arg;
	char *rest;
	head->count++;
	*head->hash = 0;
	if ((rest = (char *)str_after(item, "id:")))
		return add_id(ps, head, item, rest);
	if ((rest = (char *)str_after(item, "label:")))
		return add_label(ps, head, item, rest);
	if ((rest = (char *)str_after(item, "image:")))
		return add_pattern(ps, head, item, rest, TARGET_IMAGE);
	if ((rest = (char *)str_after(item, "compose:")))
		return add_compose(ps, head, item, rest);
	/* A name has none of these, so it is a kind of target that is misspelt. */
	if (strpbrk(item, ":/=@")) {
		static const char *const names[] = {
			"NAME", "id:HEX", "label:KEY=VALUE", "image:IMAGE", "compose:PROJECT/SERVICE", NULL};
		return parse_unknown(ps, "target", item, names);
	}
	return add_pattern(ps, head, item, item, TARGET_NAME);
}

/* USER or USER:GROUP; names, or numbers in range. */
int parse_user(struct parser *ps, char *item, void *unused)
{
	(void)unused;
	uint64_t id;
	char *group = strchr(item, ':');
	if (strcmp(item, "*") != 0) {
		if (strpbrk(item, "*?[\\/") || *item == '-' || *item == '+' || item == group ||
		    (group && (!group[1] || strchr(group + 1, ':'))))
			return parse_fail(ps, "\"%s\": expected USER, USER:GROUP or *; names are exact", item);
		if (group)
			*group = '\0';
		bool bad = (is_digits(item) && parse_u64(item, ID_LIMIT, &id) < 0) ||
			   (group && is_digits(group + 1) && parse_u64(group + 1, ID_LIMIT, &id) < 0);
		if (group)
			*group = ':';
		if (bad)
			return parse_fail(ps, "\"%s\": the number is too large", item);
	}
	build_item_text(&ps->build, item);
	return 0;
}

int parse_run(struct parser *ps, const char *pattern)
{
	struct words *w = &ps->pattern;
	long used = words_split(w, pattern, strlen(pattern), 0);
	if (used < 0 && !w->wrong)
		return error_errno(ps->err, (int)used, "%s", ps->path);
	if (used < 0)
		return parse_fail(ps, "run \"%s\": at byte %zu: %s", pattern, w->column, w->wrong);
	if (w->count == 0)
		return parse_fail(ps, "run: the pattern is empty");
	uint32_t head[2] = {build_text(&ps->build, pattern), (uint32_t)w->count};
	build_item(&ps->build, head, sizeof(head));
	for (size_t i = 0; i < w->count; i++) {
		const char *word = words_at(w, i);
		if (*word && check_glob(ps, pattern, word) < 0)
			return -EINVAL;
		build_item_text(&ps->build, word);
	}
	return 0;
}

int parse_net(struct parser *ps, char *item, void *unused)
{
	(void)unused;
	struct policy_net net;
	char meant[NET_TEXT_MAX];
	int r = net_parse(item, &net);
	if (r == -EDOM) {
		net_format(&net, meant);
		return parse_fail(ps, "\"%s\" has bits set behind the network's; %s is meant", item, meant);
	}
	if (r < 0)
		return parse_fail(ps, "\"%s\": expected an address or a network: 192.0.2.7, 10.0.0.0/8, 2001:db8::/32",
				  item);
	build_item(&ps->build, &net, sizeof(net));
	return 0;
}

int parse_hours(struct parser *ps, char *item, void *unused)
{
	(void)unused;
	struct policy_hours hours;
	if (when_parse_hours(item, &hours) < 0)
		return parse_fail(ps, "hours: expected 08:00-18:00 or mon-fri/08:00-18:00, with two different times "
				      "from 00:00 to 24:00");
	build_item(&ps->build, &hours, sizeof(hours));
	return 0;
}

int parse_date(struct parser *ps, const char *word, bool end_of_day, int64_t *ret)
{
	if (when_parse_date(word, end_of_day, ret) < 0)
		return parse_fail(ps, "\"%s\": expected a date, as 2027-01-31 or 2027-01-31T18:00", word);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/* `with`: obligations and limits. */
#include "parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#include "env.h"
#include "glob.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"

struct with {
	struct policy_rule *rule;
	struct policy_extra *extra;
	struct buf texts; /* list of the items as they are */
	uint32_t seen;
};

static int set_duration(struct parser *ps, const char *item, const char *value, int64_t *where)
{
	if (parse_duration(value, where) < 0 || *where == 0)
		return parse_fail(ps, "\"%s\": expected a duration of more than 0, as 90s, 30m, 2h or 1d", item);
	return 0;
}

static int set_timeout(struct parser *ps, struct with *w, const char *item, char *value)
{
	return set_duration(ps, item, value, &w->extra->timeout_ms);
}

static int set_idle(struct parser *ps, struct with *w, const char *item, char *value)
{
	return set_duration(ps, item, value, &w->extra->idle_ms);
}

static int set_sessions(struct parser *ps, struct with *w, const char *item, char *value)
{
	uint64_t n;
	if (parse_u64(value, 1000000, &n) < 0 || n == 0)
		return parse_fail(ps, "\"%s\": expected how many sessions at once, at least 1", item);
	w->extra->sessions = (uint32_t)n;
	return 0;
}

/* Calls f for each of the values that colons separate. */
static int each_value(struct parser *ps, const char *item, char *value, struct with *w,
		      int (*f)(struct parser *ps, const char *item, char *value, struct with *w))
{
	int r = 0;
	for (char *next = value; r == 0 && value; value = next) {
		next = strchr(value, ':');
		if (next)
			*next++ = '\0';
		r = *value ? f(ps, item, value, w)
			   : parse_fail(ps, "%s has an empty item; items are separated by colons: a:b", item);
	}
	return r;
}

static int add_env(struct parser *ps, const char *item, char *value, struct with *w)
{
	(void)w;
	const char *wrong = strchr(value, '=') ? "a name has no =" : glob_wrong(value);
	if (wrong)
		return parse_fail(ps, "%s: \"%s\": %s", item, value, wrong);
	build_item_text(&ps->build, value);
	return 0;
}

static int set_env(struct parser *ps, struct with *w, const char *item, char *value)
{
	int r = each_value(ps, item, value, w, add_env);
	w->extra->env = build_list(&ps->build);
	return r;
}

static int add_ns(struct parser *ps, const char *item, char *value, struct with *w)
{
	(void)item;
	const char *names[9] = {NULL};
	for (uint32_t i = 0; i < 8; i++) {
		names[i] = ns_bit_name((enum ns_bit)(1u << i));
		if (strcmp(names[i], value) != 0)
			continue;
		w->extra->ns |= 1u << i;
		return 0;
	}
	return parse_unknown(ps, "namespace", value, names);
}

static int set_ns(struct parser *ps, struct with *w, const char *item, char *value)
{
	return each_value(ps, item, value, w, add_ns);
}

static int add_toolbox(struct parser *ps, const char *item, char *value, struct with *w)
{
	(void)w;
	if (!is_toolbox_name(value))
		return parse_fail(
			ps,
			"%s: \"%s\" is no toolbox's name: small letters, digits, . _ and -, up to 64, the first "
			"a letter or a digit; there are no patterns",
			item, value);
	build_item_text(&ps->build, value);
	return 0;
}

static int set_toolbox(struct parser *ps, struct with *w, const char *item, char *value)
{
	int r = each_value(ps, item, value, w, add_toolbox);
	w->extra->toolboxes = build_list(&ps->build);
	return r;
}

static int add_ports(struct parser *ps, const char *item, char *value, struct with *w)
{
	(void)w;
	return parse_ports(ps, item, value);
}

static int set_ports(struct parser *ps, struct with *w, const char *item, char *value)
{
	int r = each_value(ps, item, value, w, add_ports);
	w->extra->ports = build_list(&ps->build);
	return r;
}

static int add_signal(struct parser *ps, const char *item, char *value, struct with *w)
{
	return parse_signal(ps, item, value, &w->extra->signals);
}

static int set_signals(struct parser *ps, struct with *w, const char *item, char *value)
{
	return each_value(ps, item, value, w, add_signal);
}

static int add_cap(struct parser *ps, const char *item, char *value, struct with *w)
{
	if (strcasecmp(value, "all") == 0) {
		w->extra->cap_add = UINT64_MAX;
		return 0;
	}
	const char *name = strncasecmp(value, "cap_", 4) == 0 ? value + 4 : value;
	/* cap_to_name(3) calls those that it does not know by their number. */
	for (cap_value_t cap = 0; cap < 64; cap++) {
		char *known = cap_to_name(cap);
		bool same = known && str_starts(known, "cap_") && strcasecmp(known + 4, name) == 0;
		cap_free(known);
		if (!same)
			continue;
		w->extra->cap_add |= UINT64_C(1) << cap;
		return 0;
	}
	return parse_fail(ps, "%s: \"%s\" is no capability; see capabilities(7)", item, value);
}

static int set_cap_add(struct parser *ps, struct with *w, const char *item, char *value)
{
	return each_value(ps, item, value, w, add_cap);
}

static int set_record(struct parser *ps, struct with *w, const char *item, char *value)
{
	w->rule->flags |= POLICY_RECORD;
	if (value && strcmp(value, "input") != 0)
		return parse_fail(ps, "\"%s=%s\": expected record or record=input", item, value);
	if (value)
		w->rule->flags |= POLICY_RECORD_INPUT;
	return 0;
}

static const struct with_item {
	const char *name;
	uint16_t flag; /* that it sets; it takes no value then */
	int (*set)(struct parser *ps, struct with *w, const char *item, char *value); /* else */
} items[] = {
	{"record", 0, set_record},
	{"tty", POLICY_TTY, NULL},
	{"no-tty", POLICY_NO_TTY, NULL},
	{"timeout", 0, set_timeout},
	{"idle", 0, set_idle},
	{"sessions", 0, set_sessions},
	{"env", 0, set_env},
	{"ns", 0, set_ns},
	{"privileged", POLICY_PRIVILEGED, NULL},
	{"cap-add", 0, set_cap_add},
	{"detach", POLICY_DETACH, NULL},
	{"toolbox", 0, set_toolbox},
	{"rw", POLICY_RW, NULL},
	{"read-only", POLICY_READ_ONLY, NULL},
	{"ports", 0, set_ports},
	{"signals", 0, set_signals},
};
enum { RECORD = 0 };

static int set_item(struct parser *ps, struct with *w, char *item, char *value, size_t i)
{
	if (w->seen & 1u << i)
		return parse_fail(ps, "with: %s is given twice", item);
	w->seen |= 1u << i;
	if (!items[i].set && value)
		return parse_fail(ps, "with: %s takes no value", item);
	if (items[i].set && !value && i != RECORD)
		return parse_fail(ps, "with: %s needs a value: %s=...", item, item);
	w->rule->flags |= items[i].flag;
	return items[i].set ? items[i].set(ps, w, item, value) : 0;
}

static int add_item(struct parser *ps, char *item, void *arg)
{
	struct with *w = arg;
	uint32_t text = build_text(&ps->build, item);
	buf_add(&w->texts, &text, sizeof(text));
	char *value = strchr(item, '=');
	if (value)
		*value++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		if (strcmp(item, items[i].name) == 0)
			return set_item(ps, w, item, value, i);
	static const char *const names[] = {"record",	"record=input", "tty",	     "no-tty",	   "timeout", "idle",
					    "sessions", "env",		"ns",	     "privileged", "cap-add", "detach",
					    "toolbox",	"rw",		"read-only", "ports",	   "signals", NULL};
	return parse_unknown(ps, "item of with", item, names);
}

static int check_with(struct parser *ps, const struct with *w)
{
	uint16_t flags = w->rule->flags;
	if (flags & POLICY_TTY && flags & POLICY_NO_TTY)
		return parse_fail(ps, "with: tty and no-tty contradict each other");
	if (flags & POLICY_DETACH && (flags & POLICY_RECORD || w->extra->timeout_ms || w->extra->idle_ms))
		return parse_fail(ps, "with: detach lets a command go on when nobody is there to record or end it, so "
				      "it cannot go with "
				      "record, timeout or idle");
	return 0;
}

int parse_with(struct parser *ps, char *list, struct policy_rule *rule, struct policy_extra *extra)
{
	struct with w = {.rule = rule, .extra = extra};
	int r = parse_list(ps, list, add_item, &w);
	if (r == 0)
		r = check_with(ps, &w);
	if (r == 0) {
		build_item(&ps->build, w.texts.data, w.texts.len);
		extra->with = build_list(&ps->build);
	}
	buf_done(&w.texts);
	return r;
}

int parse_check_env(struct parser *ps, const struct policy_extra *extra)
{
	const struct build *b = &ps->build;
	if (b->words.failed || b->text.failed)
		return 0; /* which build_finish() reports */
	const uint32_t *env = (const uint32_t *)(const void *)b->words.data + extra->env;
	for (uint32_t i = 1; i <= *env; i++) {
		const char *pattern = b->text.data + env[i];
		for (const char *const *name = env_dangerous; *name; name++)
			if (glob_match(pattern, *name, strlen(*name)) || env_is_dangerous(pattern, strlen(pattern)))
				return parse_fail(ps,
						  "with env=%s beside run: by %s another command could be run; name "
						  "the variables that are needed",
						  pattern, str_starts(pattern, "LD_") ? pattern : *name);
	}
	return 0;
}

/* SPDX-License-Identifier: ISC */
#include "option.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/base/suggest.h"

const char OPTION_ON[] = "true", OPTION_OFF[] = "false";

/* The table in getopt's two forms. */
struct getopt_tables {
	char letters[2 + OPTION_TABLE_MAX * 2 + 1];
	struct option longs[OPTION_TABLE_MAX + 1];
	size_t count;
};

static void make_tables(const struct option_def *table, struct getopt_tables *t)
{
	/* '+': stop at the first operand. ':': tell a missing value from an unknown option, and print nothing. */
	char *letter = stpcpy(t->letters, "+:");
	for (t->count = 0; table[t->count].name; t->count++) {
		assert(t->count < OPTION_TABLE_MAX);
		const struct option_def *def = &table[t->count];
		t->longs[t->count] =
			(struct option){.name = def->name, .has_arg = def->arg ? required_argument : optional_argument};
		if (def->letter) {
			*letter++ = def->letter;
			if (def->arg)
				*letter++ = ':';
		}
	}
	*letter = '\0';
	t->longs[t->count] = (struct option){0};
}

static const struct option_def *find_letter(const struct option_def *table, int letter)
{
	for (; table->name; table++)
		if (letter && table->letter == letter)
			return table;
	return NULL;
}

static const struct option_def *find_name(const struct option_def *table, const char *name, size_t len)
{
	for (; table->name; table++)
		if (strlen(table->name) == len && strncmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

/* What other programs call -o json, --output json or --format json. NULL: this verb has none but with --show. */
static const char *json_of(const struct option_def *table)
{
	const struct option_def *json = find_name(table, "json", strlen("json"));
	return json && !find_name(table, "show", strlen("show")) ? json->name : NULL;
}

static int unknown_long(const struct option_def *table, const char *verb, const char *word, size_t len,
			struct error *err)
{
	const char *names[OPTION_TABLE_MAX + 1] = {NULL};
	for (size_t i = 0; table[i].name; i++)
		names[i] = table[i].name;
	char name[64];
	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	const char *near = suggest_nearest(name, names);
	if (!near && (strcmp(name, "format") == 0 || strcmp(name, "output") == 0))
		near = json_of(table);
	if (near)
		return error_set(err, -EINVAL, "unknown option --%s (did you mean --%s?); see centerctl %s --help",
				 name, near, verb);
	return error_set(err, -EINVAL, "unknown option --%s; see centerctl %s --help", name, verb);
}

/* The group that a letter stands in is shown where there is one. */
static int unknown_letter(const struct option_def *table, const char *verb, const char *word, struct error *err)
{
	const char *near = optopt == 'o' ? json_of(table) : NULL;
	if (near)
		return error_set(err, -EINVAL, "unknown option -o (did you mean --%s?); see centerctl %s --help", near,
				 verb);
	if (strlen(word) == 2)
		return error_set(err, -EINVAL, "unknown option %s; see centerctl %s --help", word, verb);
	return error_set(err, -EINVAL, "unknown option -%c in \"%s\"; see centerctl %s --help", optopt, word, verb);
}

static int no_value(const struct option_def *def, const char *verb, struct error *err)
{
	char letter[] = {'-', def->letter, ' ', '(', '\0'};
	return error_set(err, -EINVAL, "option %s--%s%s needs a value: %s; see centerctl %s --help",
			 def->letter ? letter : "", def->name, def->letter ? ")" : "", def->arg, verb);
}

static int set_switch(const struct option_def *def, void *options, const char *value, struct error *err)
{
	bool on = !value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
	if (!on && strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
		return error_set(err, -EINVAL, "--%s=%s: a switch is true or false", def->name, value);
	if (def->set)
		return def->set(options, on ? OPTION_ON : OPTION_OFF, err);
	*(bool *)((char *)options + def->at) = on;
	return 0;
}

/* The last of several counts. */
static int set_value(const struct option_def *def, void *options, const char *value, struct error *err)
{
	if (def->set)
		return def->set(options, value, err);
	if (!*value)
		return error_set(err, -EINVAL, "--%s: its value is empty", def->name);
	if (strlen(value) > OPTION_TEXT_MAX)
		return error_set(err, -E2BIG, "--%s: the value is longer than %d bytes", def->name, OPTION_TEXT_MAX);
	char **to = (char **)(void *)((char *)options + def->at);
	return str_set(to, value) < 0 ? error_errno(err, -ENOMEM, "--%s", def->name) : 0;
}

/* The row that getopt's answer means. word is the argument in which the option begins. */
static int match(const struct option_def *table, const char *verb, int answer, const char *word,
		 const struct option_def **ret, struct error *err)
{
	const char *name = str_after(word, "--");
	size_t len = name ? (size_t)(strchrnul(name, '=') - name) : 0;
	if (name)
		*ret = find_name(table, name, len);
	else
		*ret = find_letter(table, answer == '?' || answer == ':' ? optopt : answer);
	if (!*ret && name)
		return unknown_long(table, verb, name, len, err);
	if (!*ret)
		return unknown_letter(table, verb, word, err);
	if (answer == ':')
		return no_value(*ret, verb, err);
	return 0;
}

int option_parse_part(const struct option_def *table, const char *verb, void *options, int argc, char *const argv[],
		      bool *ret_dashes, struct error *err)
{
	struct getopt_tables t;
	make_tables(table, &t);
	optind = 0; /* glibc: start afresh, whatever was parsed before */
	for (;;) {
		/* In a group such as -it optind stands still until the group's end, so this is always the argument. */
		int at = optind > 0 ? optind : 1;
		int answer = getopt_long(argc, argv, t.letters, t.longs, NULL);
		if (answer == -1) {
			*ret_dashes = optind > at;
			return optind;
		}
		const struct option_def *def;
		int r = match(table, verb, answer, argv[at], &def, err);
		if (r == 0)
			r = def->arg ? set_value(def, options, optarg, err) : set_switch(def, options, optarg, err);
		if (r < 0)
			return r;
	}
}

int option_parse(const struct option_def *table, const char *verb, void *options, int argc, char *const argv[],
		 struct error *err)
{
	bool dashes;
	return option_parse_part(table, verb, options, argc, argv, &dashes, err);
}

void option_print(const struct option_def *table, FILE *to)
{
	for (; table->name; table++) {
		char left[64];
		char letter[] = {'-', table->letter, ',', '\0'};
		snprintf(left, sizeof(left), "%-3s --%s%s%s", table->letter ? letter : "", table->name,
			 table->arg ? " " : "", table->arg ? table->arg : "");
		fprintf(to, "  %-29s %s\n", left, table->help);
	}
}

/* SPDX-License-Identifier: ISC */
/* `centerctl keys`: whose key opens which name. */
#include "keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "lib/base/cleanup.h"
#include "lib/base/suggest.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/gate/registry.h"

static void options_done(struct keys_options *o)
{
	free(o->container);
	free(o->file);
	strv_free(o->words);
}

const char *keys_file(const struct keys_options *o)
{
	return o->file ? o->file : REGISTRY_PATH;
}

static int set_container(void *options, const char *value, struct error *err)
{
	struct keys_options *o = options;
	if (!is_container_word(value))
		return error_set(err, -EINVAL, "--container %s: that is no container's name or ID", value);
	return str_set(&o->container, value) < 0 ? error_errno(err, -ENOMEM, "--container") : 0;
}

static int set_file(void *options, const char *value, struct error *err)
{
	struct keys_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--file: the file's name is empty");
	return str_set(&o->file, value) < 0 ? error_errno(err, -ENOMEM, "--file") : 0;
}

static const struct option_def table[] = {
	{0, "container", "NAME", "With add: the one container that the key opens", set_container},
	{0, "replace", NULL, "With add: instead of the key that has the name now",
	 OPTION_SWITCH(struct keys_options, replace)},
	{0, "json", NULL, "With list: as JSON", OPTION_SWITCH(struct keys_options, json)},
	{0, "file", "FILE", "Another file than the registry", set_file},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct keys_options, help)},
	{0},
};

static const struct sub {
	const char *name;
	size_t min, max; /* words behind it */
	bool adds, lists;
	int (*run)(const struct keys_options *o);
	const char *usage;
} subs[] = {
	{"add", 1, 64, true, false, keys_add, "add NAME [--container C] [--replace] [FILE | - | KEY]"},
	{"remove", 1, 1, false, false, keys_remove, "remove NAME | FINGERPRINT"},
	{"list", 0, 0, false, true, keys_list, "list [--json]"},
	{"check", 0, 0, false, false, keys_check, "check"},
};

/* Options may stand between the words. */
static int parse(struct keys_options *o, int argc, char **argv, struct error *err)
{
	while (argc > 1) {
		int first = option_parse(table, "keys", o, argc, argv, err);
		if (first < 0)
			return first;
		if (first >= argc || o->help)
			return 0;
		if (strv_add(&o->words, argv[first]) < 0)
			return error_errno(err, -ENOMEM, "keys");
		argc -= first;
		argv += first;
	}
	return 0;
}

static const struct sub *find_sub(const char *word, struct error *err)
{
	const char *names[ARRAY_SIZE(subs) + 1] = {NULL};
	for (size_t i = 0; i < ARRAY_SIZE(subs); i++) {
		if (strcmp(subs[i].name, word) == 0)
			return &subs[i];
		names[i] = subs[i].name;
	}
	/* As docker and toolbox have them. */
	const char *near = strcmp(word, "ls") == 0   ? "list"
			   : strcmp(word, "rm") == 0 ? "remove"
						     : suggest_nearest(word, names);
	error_set(err, -EINVAL, "keys does not know \"%s\"%s%s%s; see centerctl keys --help", word,
		  near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
	return NULL;
}

static int check(const struct sub *s, const struct keys_options *o, struct error *err)
{
	size_t count = strv_len(o->words) - 1;
	if (count < s->min || count > s->max)
		return error_set(err, -EINVAL, "usage: centerctl keys %s", s->usage);
	if ((o->container || o->replace) && !s->adds)
		return error_set(err, -EINVAL, "--container and --replace are only for add: centerctl keys %s",
				 s->usage);
	if (o->json && !s->lists)
		return error_set(err, -EINVAL, "--json is only for list: centerctl keys list --json");
	return 0;
}

static int keys_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	__attribute__((cleanup(options_done))) struct keys_options o = {0};
	int r = parse(&o, argc, argv, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	if (r == 0 && !o.words)
		r = error_set(&err, -EINVAL,
			      "keys needs a word: add, remove, list or check; see centerctl keys --help");
	const struct sub *s = r == 0 ? find_sub(o.words[0], &err) : NULL;
	if (!s || check(s, &o, &err) < 0)
		return report_error(&err);
	return s->run(&o);
}

const struct cmd cmd_keys = {
	.name = "keys",
	.usage = "add NAME [KEY] | remove NAME | list | check",
	.summary = "Say which SSH key has which name in the policy",
	.min_operands = 1,
	.max_operands = -1,
	.has_words = true,
	.options = table,
	.notes = "  add NAME [FILE | - | KEY]  let this public key in, as key:NAME; without FILE from stdin\n"
		 "  remove NAME | FINGERPRINT  let it in no longer\n"
		 "  list                       names, types, fingerprints, containers and comments\n"
		 "  check                      what is wrong with the file; exit code 1 if there is something\n\n"
		 "The registry is " REGISTRY_PATH ". See centerctl(1), centerctl-gate(1).\n",
	.run = keys_run,
};

/* SPDX-License-Identifier: ISC */
#include "forced.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "authkey.h"
#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/option.h"
#include "line.h"

void forced_done(struct forced *f)
{
	free(f->name);
	free(f->container);
	strv_free(f->principals);
	*f = (struct forced){0};
}

static int set_container(void *options, const char *value, struct error *err)
{
	struct forced *f = options;
	if (!is_container_word(value))
		return error_set(err, -EINVAL, "--container %s: that is no container's name or ID", value);
	return str_set(&f->container, value) < 0 ? error_errno(err, -ENOMEM, "--container") : 0;
}

static int add_principals(struct forced *f, const char *list)
{
	for (const char *at = list, *comma; at; at = comma ? comma + 1 : NULL) {
		comma = strchr(at, ',');
		cleanup_free char *item = comma ? strndup(at, (size_t)(comma - at)) : strdup(at);
		if (!item)
			return -ENOMEM;
		int r = *item ? strv_add(&f->principals, item) : -EINVAL;
		if (r < 0)
			return r;
	}
	return 0;
}

static int set_principals(void *options, const char *value, struct error *err)
{
	struct forced *f = options;
	if (f->principals)
		return error_set(err, -EINVAL, "--principals stands there twice: put them into one list");
	int r = add_principals(f, value);
	if (r == -EINVAL)
		return error_set(err, r, "--principals \"%s\": one of the names between the commas is empty", value);
	return r < 0 ? error_errno(err, r, "--principals") : 0;
}

static const struct option_def table[] = {
	{0, "container", "NAME", "The one container that this key opens", set_container},
	{0, "principals", "LIST", "The principals that count of a certificate, with commas between", set_principals},
	{0, "help", NULL, "Show this help", OPTION_SWITCH(struct forced, help)},
	{0, "version", NULL, "Show the version", OPTION_SWITCH(struct forced, version)},
	{0},
};

static int take_name(struct forced *f, const char *word, struct error *err)
{
	if (f->name)
		return error_set(err, -EINVAL, "centerctl-gate takes one name, not \"%s\" too", word);
	if (!gate_is_name(word))
		return error_set(err, -EINVAL,
				 "\"%s\" is no name of a key: letters, digits and . _ @ + -, at most %d, the first a "
				 "letter or a digit",
				 word, GATE_NAME_MAX);
	return str_set(&f->name, word) < 0 ? error_errno(err, -ENOMEM, "the name") : 0;
}

/* Options may stand on both sides of the name: argv[0] is anything. */
static int parse_words(int argc, char *const argv[], struct forced *f, struct error *err)
{
	while (argc > 1) {
		int first = option_parse(table, "gate", f, argc, argv, err);
		if (first < 0)
			return first;
		if (first >= argc)
			return 0;
		int r = take_name(f, argv[first], err);
		if (r < 0)
			return r;
		argc -= first;
		argv += first;
	}
	return 0;
}

const char FORCED_ANYWHERE[] = "*";

static bool is_ours(const char *word, const char *own_path)
{
	const char *name = strrchr(word, '/');
	if (own_path == FORCED_ANYWHERE)
		return *word == '/' && strcmp(name, "/centerctl-gate") == 0;
	return strcmp(word, CENTERCTL_BINDIR "/centerctl-gate") == 0 || (own_path && strcmp(word, own_path) == 0);
}

int forced_parse_command(const char *text, const char *own_path, struct forced *ret, struct error *err)
{
	cleanup_line struct line l = {0};
	int r = line_split(text, &l, err);
	if (r < 0)
		return r;
	if (l.stop == LINE_WHOLE && l.count > 0 && !is_ours(l.words[0], own_path) &&
	    is_ours(l.words[0], FORCED_ANYWHERE))
		return error_set(err, -EPERM,
				 "the forced command is %s, not " CENTERCTL_BINDIR
				 "/centerctl-gate: correct it in the file of keys or principals",
				 l.words[0]);
	if (l.stop != LINE_WHOLE || l.count == 0 || !is_ours(l.words[0], own_path))
		return error_set(err, -EPERM,
				 "this account runs nothing but the forced command of a key: the key has no "
				 "command=\"%s/centerctl-gate NAME\" in its line",
				 CENTERCTL_BINDIR);
	cleanup_forced struct forced f = {0};
	r = parse_words((int)l.count, l.words, &f, err);
	if (r < 0)
		return r;
	*ret = f;
	f = (struct forced){0};
	return 0;
}

int forced_parse(int argc, char *const argv[], const char *own_path, struct forced *ret, struct error *err)
{
	if (argc < 1 || !argv[0])
		return error_set(err, -EINVAL, "centerctl-gate was started without a name of its own");
	if (argc == 1) {
		*ret = (struct forced){.login = argv[0][0] == '-'};
		return 0;
	}
	if (strcmp(argv[1], "-c") == 0) {
		if (argc != 3)
			return error_set(err, -EINVAL, "-c is for sshd, and takes one text");
		return forced_parse_command(argv[2], own_path, ret, err);
	}
	cleanup_forced struct forced f = {0};
	int r = parse_words(argc, argv, &f, err);
	if (r < 0)
		return r;
	*ret = f;
	f = (struct forced){0};
	return 0;
}

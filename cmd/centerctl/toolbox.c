/* SPDX-License-Identifier: ISC */
/* `centerctl toolbox`: the root file systems that tools come from. */
#include "toolbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/suggest.h"
#include "lib/base/text.h"
#include "lib/client/debug_options.h"
#include "lib/client/report.h"
#include "operands.h"

static void options_done(struct toolbox_options *o)
{
	free(o->directory);
	free(o->image);
	free(o->file);
	free(o->engine);
	strv_free(o->words);
}

const char *toolbox_dir(void)
{
#if CENTERCTL_TEST_HOOKS
	const char *other = getenv("CENTERCTL_TEST_TOOLBOXDIR");
	if (other)
		return other;
#endif
	return CENTERCTL_STATEDIR "/toolbox";
}

static const struct option_def table[] = {
	{0, "directory", "DIR", "With add: a directory that holds a root file system",
	 OPTION_TEXT(struct toolbox_options, directory)},
	{0, "image", "IMAGE", "With add: a local image of the engine", OPTION_TEXT(struct toolbox_options, image)},
	{0, "static", "FILE", "With add: one static program, for debug --static",
	 OPTION_TEXT(struct toolbox_options, file)},
	{0, "json", NULL, "With ls: as JSON", OPTION_SWITCH(struct toolbox_options, json)},
	{'q', "quiet", NULL, "With ls: names alone", OPTION_SWITCH(struct toolbox_options, quiet)},
	{'H', "engine", "URL", "With add --image: the engine that has it", OPTION_TEXT(struct toolbox_options, engine)},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct toolbox_options, help)},
	{0},
};

static const struct sub {
	const char *name;
	size_t min, max; /* words behind it */
	bool adds, lists;
	int (*run)(const struct toolbox_options *o, struct error *err);
	const char *usage;
} subs[] = {
	{"build", 1, 4096, false, false, toolbox_build, "build NAME [PACKAGE...]"},
	{"add", 1, 1, true, false, toolbox_add, "add NAME --directory DIR | --image IMAGE | --static FILE"},
	{"ls", 0, 0, false, true, toolbox_ls, "ls [--json | -q]"},
	{"rm", 1, 4096, false, false, toolbox_rm, "rm NAME..."},
};

static const struct sub *find_sub(const char *word, struct error *err)
{
	const char *names[ARRAY_SIZE(subs) + 1] = {NULL};
	for (size_t i = 0; i < ARRAY_SIZE(subs); i++) {
		if (strcmp(subs[i].name, word) == 0)
			return &subs[i];
		names[i] = subs[i].name;
	}
	const char *near = suggest_nearest(word, names);
	error_set(err, -EINVAL, "toolbox does not know \"%s\"%s%s%s; see centerctl toolbox --help", word,
		  near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
	return NULL;
}

static int check_names(const struct sub *s, char *const *names, struct error *err)
{
	for (size_t i = 0; names[i] && (i == 0 || s->run == toolbox_rm); i++)
		if (!is_toolbox_name(names[i]))
			return error_set(err, -EINVAL,
					 "\"%s\" is no toolbox's name: these are of a-z, 0-9, . _ and -, begin with a "
					 "letter or digit, and have at most 64",
					 names[i]);
	return 0;
}

static int check(const struct sub *s, const struct toolbox_options *o, struct error *err)
{
	size_t count = strv_len(o->words) - 1;
	int sources = !!o->directory + !!o->image + !!o->file;
	if (count < s->min || count > s->max || (s->adds && sources == 0))
		return error_set(err, -EINVAL, "usage: centerctl toolbox %s", s->usage);
	if (sources > 0 && !s->adds)
		return error_set(err, -EINVAL,
				 "--directory, --image and --static are only for add: centerctl toolbox add NAME ...");
	if (sources > 1)
		return error_set(err, -EINVAL,
				 "--directory, --image and --static contradict each other: a toolbox is one of them");
	if (o->engine && !o->image)
		return error_set(err, -EINVAL, "--engine is only for add --image");
	if ((o->json || o->quiet) && !s->lists)
		return error_set(err, -EINVAL, "--json and -q are only for ls: centerctl toolbox ls --json");
	if (o->json && o->quiet)
		return error_set(err, -EINVAL, "--json and -q (--quiet) contradict each other");
	if (!s->lists && geteuid() != 0)
		return error_set(err, -EPERM, "only root may change the toolboxes: use sudo");
	return check_names(s, o->words + 1, err);
}

static int toolbox_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	__attribute__((cleanup(options_done))) struct toolbox_options o = {0};
	int r = operands_parse(self, &o, &o.help, argc, argv, &o.words, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	const struct sub *s = r == 0 ? find_sub(o.words[0], &err) : NULL;
	if (!s || check(s, &o, &err) < 0)
		return report_error(&err);
	r = s->run(&o, &err);
	return r < 0 ? report_error(&err) : r;
}

const struct cmd cmd_toolbox = {
	.name = "toolbox",
	.usage = "build NAME [PACKAGE...] | add NAME ... | ls | rm NAME...",
	.summary = "Make, list and remove the toolboxes that debug uses",
	.min_operands = 1,
	.max_operands = -1,
	.has_words = true,
	.options = table,
	.notes = "  build NAME [PACKAGE...]     make one of this distribution's packages (default: gdb, strace and the "
		 "like)\n"
		 "  add NAME --directory DIR    take a root file system that is there already\n"
		 "  add NAME --image IMAGE      take a local image's; no container is started\n"
		 "  add NAME --static FILE      take one static program, which debug --static NAME then runs\n"
		 "  ls                          names, kinds, contents\n"
		 "  rm NAME...                  remove them; a directory or an image that was added stays\n\n"
		 "A name that is there already is replaced. The one that debug uses without being told is \"default\", "
		 "or\n"
		 "the first one that the caller's rule names.\n",
	.run = toolbox_run,
};

/* SPDX-License-Identifier: ISC */
/* `centerctl help [VERB]`, and what --help prints. */
#include "cmd.h"

#include <errno.h>

#include "lib/base/cleanup.h"
#include "lib/proto/request.h"
#include "lib/client/report.h"

int help_print_verbs(FILE *to)
{
	fputs("Usage: centerctl VERB [ARG...]\n\nEnter running containers with exactly their own confinement.\n\n"
	      "Verbs:\n",
	      to);
	for (const struct cmd *const *c = cmd_table; *c; c++)
		fprintf(to, "  %-10s %s\n", (*c)->name, (*c)->summary);
	fputs("\nSee centerctl VERB --help, and centerctl(1).\n", to);
	return report_flush(to);
}

int help_print_cmd(const struct cmd *cmd, FILE *to)
{
	fprintf(to, "Usage: centerctl %s %s\n\n%s.\n\nOptions:\n", cmd->name, cmd->usage, cmd->summary);
	option_print(cmd->options, to);
	if (cmd->notes)
		fprintf(to, "\n%s", cmd->notes);
	return report_flush(to);
}

static int help_run(const struct cmd *self, int argc, char **argv)
{
	int code;
	int first = cmd_parse_plain(self, argc, argv, &code);
	if (first < 0)
		return code;
	if (first == argc)
		return help_print_verbs(stdout);
	struct error err;
	const struct cmd *cmd = cmd_find(argv[first], &err);
	if (!cmd)
		return report_error(&err);
	if (!argv[first + 1])
		return help_print_cmd(cmd, stdout);
	/* `help policy explain`: those with words of their own know them best. */
	if (!cmd->has_words || *argv[first + 1] == '-') {
		error_set(&err, -EINVAL, "%s has no \"%s\": centerctl help %s shows what it has", cmd->name,
			  argv[first + 1], cmd->name);
		return report_error(&err);
	}
	char help[] = "--help", *words[] = {argv[first], argv[first + 1], help, NULL};
	return cmd->run(cmd, ARRAY_SIZE(words) - 1, words);
}

const struct cmd cmd_help = {
	.name = "help",
	.usage = "[VERB [WORD]]",
	.summary = "Show the verbs, or one verb's options",
	.max_operands = 2,
	.options = cmd_plain_options,
	.run = help_run,
};

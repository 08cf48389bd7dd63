/* SPDX-License-Identifier: ISC */
/* centerctl: finds the verb and runs it. */
#include <string.h>

#include "cmd.h"
#include "lib/proto/request.h"
#include "lib/client/report.h"
#include "lib/client/stdfds.h"

/* The spellings of `help` and `version` that every program has. */
static const char *verb_of(const char *word)
{
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
		return "help";
	if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0)
		return "version";
	return word;
}

int main(int argc, char **argv)
{
	struct error err;
	int r = stdfds_open();
	if (r < 0) {
		error_errno(&err, r, "cannot open /dev/null");
		return report_error(&err);
	}
	if (argc < 2) {
		help_print_verbs(stderr);
		return EXIT_OURS;
	}
	const struct cmd *cmd = cmd_find(verb_of(argv[1]), &err);
	if (!cmd)
		return report_error(&err);
	return cmd->run(cmd, argc - 1, argv + 1);
}

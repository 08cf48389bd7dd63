/* SPDX-License-Identifier: ISC */
/* `centerctl shell`: a shell in a container, even where the container has none. */
#include "cmd.h"
#include "entry.h"
#include "lib/client/exec_options.h"

static int shell_run(const struct cmd *self, int argc, char **argv)
{
	return entry_run(self, argc, argv, shell_options_parse);
}

const struct cmd cmd_shell = {
	.name = "shell",
	.usage = "[OPTIONS] TARGET",
	.summary = "Open a shell in a running container, even where it has none",
	.min_operands = 1,
	.max_operands = 1,
	.options = exec_option_table,
	.notes = "The user's shell in the container, as `centerctl exec TARGET` runs it; where the image has no sh, "
		 "the\n"
		 "host's static busybox, with all its applets, from memory: nothing is copied into the container.\n",
	.run = shell_run,
};

/* SPDX-License-Identifier: ISC */
/* `centerctl exec`: runs a command in a container, as part of it. */
#include "cmd.h"
#include "entry.h"
#include "lib/client/exec_options.h"

static int exec_run(const struct cmd *self, int argc, char **argv)
{
	return entry_run(self, argc, argv, exec_options_parse);
}

const struct cmd cmd_exec = {
	.name = "exec",
	.usage = "[OPTIONS] TARGET [COMMAND [ARG...]]",
	.summary = "Run a command in a running container",
	.min_operands = 1,
	.max_operands = -1,
	.options = exec_option_table,
	.notes = "TARGET is a container's name, ID or unique ID prefix, or pid:N for the namespaces of process N.\n"
		 "Without COMMAND, the user's shell in the container is run.\n\n"
		 "Exit code: the command's; 128+N if signal N ended it; 124 --timeout passed; 125 centerctl failed;\n"
		 "126 the command cannot be executed; 127 it was not found. See centerctl(1).\n",
	.run = exec_run,
};

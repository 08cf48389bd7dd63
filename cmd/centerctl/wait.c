/* SPDX-License-Identifier: ISC */
/* `centerctl wait`: the exit code of a container, when it comes. */
#include "question_run.h"

const struct cmd cmd_wait = {
	.name = "wait",
	.usage = "[OPTIONS] TARGET...",
	.summary = "Wait until containers have ended, and print their exit codes",
	.min_operands = 1,
	.max_operands = -1,
	.options = wait_option_table,
	.notes = "One line for each TARGET, in their order: the exit code, 128 and a signal's number if one ended it, "
		 "-1 where nobody\n"
		 "knows it any more. Exit code: 0, or 124 if --timeout passed.\n",
	.run = question_run,
};

/* SPDX-License-Identifier: ISC */
/* `centerctl top`: the processes of a container, by both of their numbers. */
#include "question_run.h"

const struct cmd cmd_top = {
	.name = "top",
	.usage = "[OPTIONS] TARGET",
	.summary = "List the processes of a container, by their numbers inside and on the host",
	.min_operands = 1,
	.max_operands = 1,
	.options = top_option_table,
	.notes = "PID and USER are the container's own; a user that does not exist in its user namespace is \"-\". "
		 "%CPU is of one\n"
		 "processor, over the process's life, with -w since the last look.\n",
	.run = question_run,
};

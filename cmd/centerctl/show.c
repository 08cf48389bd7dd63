/* SPDX-License-Identifier: ISC */
/* `centerctl show`: what a container is, and how it is confined. */
#include "question_run.h"

const struct cmd cmd_show = {
	.name = "show",
	.usage = "[OPTIONS] TARGET",
	.summary = "Show what a container is, how it is confined, and how near it is to the host",
	.min_operands = 1,
	.max_operands = 1,
	.options = show_option_table,
	.notes = "Nothing is entered. What the container is comes from its engine, how it is confined from the "
		 "kernel.\n",
	.run = question_run,
};

/* SPDX-License-Identifier: ISC */
/* `centerctl ls`: which containers the caller may enter, as whom, to do what. */
#include "question_run.h"

const struct cmd cmd_ls = {
	.name = "ls",
	.usage = "[OPTIONS]",
	.summary = "List containers, their state, and what you may do there as whom",
	.min_operands = 0,
	.max_operands = 0,
	.options = ls_option_table,
	.notes = "Without -a those that run or are paused. Filters of one kind widen, of several kinds narrow: "
		 "name=PART and\n"
		 "image=PART (a part of it; with * or ? a pattern for the whole), state=STATE, can=VERB, the latter "
		 "all of them.\n"
		 "With -w on a terminal the table is redrawn; elsewhere each change prints it again, after an empty "
		 "line, or a line\n"
		 "of JSON.\n",
	.run = question_run,
};

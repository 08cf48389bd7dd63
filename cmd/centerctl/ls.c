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
		 "name=PATTERN and\n"
		 "image=PATTERN (* and ?), state=STATE, can=VERB, the latter all of them.\n"
		 "With -w on a terminal the table is redrawn; elsewhere each change prints it again, or a line of "
		 "JSON.\n",
	.run = question_run,
};

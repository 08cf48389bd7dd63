/* SPDX-License-Identifier: ISC */
/* `centerctl signal`: a signal to processes of a container, and to no others. */
#include "question_run.h"

const struct cmd cmd_signal = {
	.name = "signal",
	.usage = "[OPTIONS] TARGET [PID]",
	.summary = "Send a signal to a container's first process, to one inside, or to all",
	.min_operands = 1,
	.max_operands = 2,
	.options = signal_option_table,
	.notes = "PID is a number inside, as centerctl top shows it. Only processes of the user that your rule names "
		 "are reached, all of\n"
		 "them if that is root.\n",
	.run = question_run,
};

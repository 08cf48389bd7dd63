/* SPDX-License-Identifier: ISC */
/* `centerctl stats`: what containers use. */
#include "question_run.h"

const struct cmd cmd_stats = {
	.name = "stats",
	.usage = "[OPTIONS] [TARGET...]",
	.summary = "Show what containers use: processor, memory, network, disk",
	.min_operands = 0,
	.max_operands = -1,
	.options = stats_option_table,
	.notes = "Without TARGET, all that you may see, with -w those too that start meanwhile. CPU % is of one "
		 "processor, "
		 "over\nhalf a second, with -w since the last look.\n",
	.run = question_run,
};

/* SPDX-License-Identifier: ISC */
/* `centerctl logs`: what a container wrote, as its engine kept it. */
#include "question_run.h"

const struct cmd cmd_logs = {
	.name = "logs",
	.usage = "[OPTIONS] TARGET",
	.summary = "Show what a container wrote to its stdout and stderr",
	.min_operands = 1,
	.max_operands = 1,
	.options = logs_option_table,
	.notes = "TIME is 10m or 1h30m (ago), 2026-01-31, 2026-01-31T10:00[:00[.5]] in local time, or with Z or +01:00 "
		 "behind it, or seconds\n"
		 "since 1970. What it wrote to stdout goes to stdout, the rest to stderr.\n",
	.run = question_run,
};

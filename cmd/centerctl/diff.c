/* SPDX-License-Identifier: ISC */
/* `centerctl diff`: the confinement of a first process beside that of an entry or a session. */
#include "question_run.h"

const struct cmd cmd_diff = {
	.name = "diff",
	.usage = "[OPTIONS] TARGET [SESSION]",
	.summary = "Compare how a container's first process is confined with an entry, or a session",
	.min_operands = 1,
	.max_operands = 2,
	.options = diff_option_table,
	.notes = "Without SESSION: with what exec would enter. Only what differs is printed. Exit code: 0 the same, 1 "
		 "it differs, 125\n"
		 "centerctl failed. It is not docker's diff: which files have changed is the engine's to tell.\n",
	.run = question_run,
};

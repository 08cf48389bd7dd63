/* SPDX-License-Identifier: ISC */
/* `centerctl dial`: a connection to a port of a container, on standard input and output. */
#include "cmd.h"
#include "entry.h"
#include "lib/client/reach_options.h"

static int dial_run(const struct cmd *self, int argc, char **argv)
{
	return entry_run(self, argc, argv, dial_options_parse);
}

const struct cmd cmd_dial = {
	.name = "dial",
	.usage = "[OPTIONS] TARGET [HOST:]PORT",
	.summary = "Connect to a port in a container's network, on standard input and output",
	.min_operands = 2,
	.max_operands = 2,
	.options = dial_option_table,
	.notes = "Without HOST the container itself (127.0.0.1, then ::1): ports that listen there alone are reached, "
		 "too.\n"
		 "HOST is looked up as the container does, in its /etc/hosts and by its name servers.\n\n"
		 "  ssh -o ProxyCommand='centerctl dial web %p' web\n\n"
		 "Exit code: 0; 1 there was no connection, or it broke; 125 centerctl failed. See centerctl(1).\n",
	.run = dial_run,
};

/* SPDX-License-Identifier: ISC */
/* `centerctl dial`: a connection to a port of a container, on standard input and output. */
#include <fcntl.h>
#include <unistd.h>

#include "cmd.h"
#include "entry.h"
#include "lib/client/reach_options.h"

enum { PIPE_SIZE = 1 << 20 };

/* Who writes and who reads it are woken for every fill: the fewer the faster. As it is where it is no pipe, or a limit
 * is reached. */
static void widen_pipe(int fd)
{
	int size = fcntl(fd, F_GETPIPE_SZ);
	if (size >= 0 && size < PIPE_SIZE)
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
}

static int dial_run(const struct cmd *self, int argc, char **argv)
{
	widen_pipe(STDIN_FILENO);
	widen_pipe(STDOUT_FILENO);
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

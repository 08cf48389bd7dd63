/* SPDX-License-Identifier: ISC */
/* `centerctl sftp`: OpenSSH's sftp-server for the files of a container, on standard input and output. */
#include <errno.h>
#include <unistd.h>

#include "cmd.h"
#include "entry.h"
#include "lib/client/reach_options.h"

/* Nobody types this protocol. */
static int parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	int r = sftp_options_parse(o, argc, argv, err);
	if (r < 0 || o->help || o->show || !isatty(STDIN_FILENO))
		return r;
	return error_set(err, -EINVAL,
			 "stdin is a terminal, and this speaks sftp's protocol: for a client that starts it, as in "
			 "sftp -D \"centerctl sftp %s\"",
			 o->request.target);
}

static int sftp_run(const struct cmd *self, int argc, char **argv)
{
	return entry_run(self, argc, argv, parse);
}

const struct cmd cmd_sftp = {
	.name = "sftp",
	.usage = "[OPTIONS] TARGET [DIR]",
	.summary = "Serve the files of a container by sftp, on standard input and output",
	.min_operands = 1,
	.max_operands = 2,
	.options = sftp_option_table,
	.notes = "For a client that starts it:\n\n"
		 "  sftp -D 'centerctl sftp web'\n\n"
		 "The server is this host's sftp-server of OpenSSH (Debian: openssh-sftp-server), run in the container "
		 "as its\n"
		 "user. It begins in DIR, or in the user's home. See centerctl(1).\n",
	.run = sftp_run,
};

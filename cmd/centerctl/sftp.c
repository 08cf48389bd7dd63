/* SPDX-License-Identifier: ISC */
/* `centerctl sftp`: OpenSSH's sftp-server for the files of a container, on standard input and output. */
#include "cmd.h"
#include "entry.h"
#include "lib/client/reach_options.h"

static int sftp_run(const struct cmd *self, int argc, char **argv)
{
	return entry_run(self, argc, argv, sftp_options_parse);
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

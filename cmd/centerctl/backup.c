/* SPDX-License-Identifier: ISC */
/* `centerctl backup` and `centerctl restore`: what lives in volumes, as a tar stream. */
#include <errno.h>
#include <unistd.h>

#include "cmd.h"
#include "copy.h"
#include "lib/client/copy_options.h"
#include "lib/client/report.h"

static int run(const struct cmd *self, int argc, char **argv,
	       int (*parse)(struct exec_options *o, int argc, char *const argv[], struct error *err), int stream,
	       const char *advice)
{
	struct error err = ERROR_INIT;
	cleanup_exec_options struct exec_options o = {0};
	int r = parse(&o, argc, argv, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	if (r == 0 && !o.show && isatty(stream))
		r = error_set(&err, -EINVAL, "%s is a terminal, and not for a tar stream: redirect it, as in %s",
			      stream == STDIN_FILENO ? "stdin" : "stdout", advice);
	if (r == 0)
		r = copy_complete(&o, &err);
	if (r == 0)
		r = copy_stream(&o, &err);
	return r < 0 ? report_error(&err) : r;
}

static int backup_run(const struct cmd *self, int argc, char **argv)
{
	return run(self, argc, argv, backup_options_parse, STDOUT_FILENO, "centerctl backup web >web.tar");
}

static int restore_run(const struct cmd *self, int argc, char **argv)
{
	return run(self, argc, argv, restore_options_parse, STDIN_FILENO, "centerctl restore web <web.tar");
}

const struct cmd cmd_backup = {
	.name = "backup",
	.usage = "[OPTIONS] TARGET >FILE",
	.summary = "Write what is in a container's volumes to standard output, as a tar stream",
	.min_operands = 1,
	.max_operands = 1,
	.options = backup_option_table,
	.notes =
		"Without --volume all volumes; what else is mounted into the container only where it is named. Names "
		"in "
		"the\n"
		"stream begin with the volume's name. The container goes on: what is written meanwhile may be there or "
		"not.\n\n"
		"Exit code: 0; 1 some files could not be read (each is named); 125 centerctl failed. See "
		"centerctl(1).\n",
	.run = backup_run,
};

const struct cmd cmd_restore = {
	.name = "restore",
	.usage = "[OPTIONS] TARGET <FILE",
	.summary = "Put what backup wrote back into a container's volumes",
	.min_operands = 1,
	.max_operands = 1,
	.options = restore_option_table,
	.notes =
		"Files of the same names are replaced; others stay. What belongs to none of the volumes is refused.\n\n"
		"Exit code: 0; 1 some files could not be written (each is named); 125 centerctl failed. See "
		"centerctl(1).\n",
	.run = restore_run,
};

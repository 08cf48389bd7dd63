/* SPDX-License-Identifier: ISC */
/* `centerctl cp`: files and trees in and out of containers. */
#include <errno.h>
#include <unistd.h>

#include "cmd.h"
#include "copy.h"
#include "lib/base/text.h"
#include "lib/client/copy_options.h"
#include "lib/client/report.h"

static int check_terminal(const struct exec_options *o, struct error *err)
{
	if (!o->show && o->copy.to && str_eq(o->copy.to, "-") && isatty(STDOUT_FILENO))
		return error_set(err, -EINVAL,
				 "a tar stream is not written to a terminal: redirect it, as in >files.tar");
	return 0;
}

static int cp_run(const struct cmd *self, int argc, char **argv)
{
	struct error err = ERROR_INIT;
	cleanup_exec_options struct exec_options o = {0};
	int r = cp_options_parse(&o, argc, argv, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	if (r == 0)
		r = check_terminal(&o, &err);
	if (r == 0)
		r = copy_complete(&o, &err);
	if (r == 0)
		r = copy_run(&o, &err);
	return r < 0 ? report_error(&err) : r;
}

const struct cmd cmd_cp = {
	.name = "cp",
	.usage = "[OPTIONS] TARGET:PATH PATH|- | PATH|- TARGET:PATH",
	.summary = "Copy files and trees between containers and this side",
	.min_operands = 2,
	.max_operands = 2,
	.options = cp_option_table,
	.notes = "SRC/. is what is in SRC. If DST is a directory, SRC is copied into it; otherwise DST is what the "
		 "copy is "
		 "called.\n"
		 "- is a tar stream on standard output or input. Both may be in containers. A path on this side with a "
		 "colon is\n"
		 "written ./a:b. The image needs no tar, and no other program.\n\n"
		 "Exit code: 0; 1 some files could not be copied (each is named); 125 centerctl failed. See "
		 "centerctl(1).\n",
	.run = cp_run,
};

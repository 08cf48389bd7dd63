/* SPDX-License-Identifier: ISC */
/*
 * centerctl-tool: what centerctl-enter executes in a toolbox, unprivileged, confined as the container is, with
 * SYS_PTRACE added. It makes COMMAND right for a place where / is the toolbox and the container's root stands at
 * /target, and executes it.
 */
#include "find.h"
#include "lib/tool/options.h"
#include "say.h"
#include "shell.h"

int main(int argc, char *argv[])
{
	struct error err;
	struct tool_options o;
	if (tool_options_parse(argv + (argc > 0), &o, &err) < 0)
		return say_error(&err);
	if (!*o.command)
		return shell_run(&o);
	return find_and_execute(&o, o.command);
}

/* SPDX-License-Identifier: ISC */
/*
 * centerctl-tool: what centerctl-enter executes in a toolbox, unprivileged, confined as the container is, with
 * SYS_PTRACE added. It makes COMMAND right for a place where / is the toolbox and the container's root stands at
 * /target, and executes it.
 */
#include "launch.h"
#include "lib/tool/options.h"
#include "say.h"

int main(int argc, char *argv[])
{
	struct error err;
	struct tool_options o;
	if (tool_options_parse(argv + (argc > 0), &o, &err) < 0)
		return say_error(&err);
	return launch(&o);
}

/* SPDX-License-Identifier: ISC */
/*
 * centerctl-tool: what centerctl-enter executes in a toolbox, instead of the command that somebody typed. It has no
 * privilege that a tool there has not: it is confined as the container is, with SYS_PTRACE added, and everything in
 * that container is a neighbour who may be hostile. It knows what tools do not: that / is the toolbox, and the files of
 * what they look at are below /target.
 *
 *   --pid=WORD           is looked up in the container's /proc, and told to the tool unless that was told
 *   gdb                  gets its settings, before it opens the first file, and nothing of the container is run by it
 *   strace, ltrace       --collecting: the trace goes to stdout
 *   gcore                is done here, so that the core is a stream and needs no disk (core.c)
 *   gdbserver stdio|PORT is done by the toolbox's, with a filter before it (serve.c, lib/tool/rsp.h)
 *   no command           a shell
 *
 * Before one of them attaches, it says why that will not do (facts.c). All else is executed as it was typed; and so is
 * a tool that is given by its path, with what is said above. The exit code is the tool's; 125 for a failure of ours,
 * 126 if the tool cannot be executed, 127 if it is not in the toolbox.
 */
#include "launch.h"
#include "lib/base/say.h"
#include "lib/tool/options.h"

int main(int argc, char *argv[])
{
	struct error err;
	struct tool_options o;
	if (tool_options_parse(argv + (argc > 0), &o, &err) < 0)
		return say_error(&err);
	return launch(&o);
}

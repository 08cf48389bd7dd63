/* SPDX-License-Identifier: ISC */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core.h"
#include "find.h"
#include "lib/base/cleanup.h"
#include "lib/base/say.h"
#include "lib/base/text.h"
#include "lib/tool/maps.h"
#include "lib/tool/rewrite.h"
#include "process.h"
#include "serve.h"
#include "shell.h"

/* What a tool is about to attach to. */
static int check_pids(enum tool_kind kind, const struct tool_use *use, pid_t pid, const char *target, struct error *err)
{
	/* strace and ltrace read memory by calls that ask for no file. */
	bool with_memory = kind != TOOL_STRACE && kind != TOOL_LTRACE;
	int r = 0;
	if (!use->names_pid && pid > 0)
		return process_may_trace(pid, target, with_memory, err);
	for (size_t i = 0; i < use->pid_count && r == 0; i++)
		r = process_may_trace(use->pids[i], target, with_memory, err);
	return r;
}

/*
 * A name that does not lead to the file: it was replaced since, or never had one (memfd). The link of procfs is the
 * file itself.
 */
static char *odd_program(pid_t pid)
{
	char program[PATH_MAX], *link = NULL;
	process_program(pid, program, sizeof(program));
	size_t len = strlen(program);
	bool deleted = len > 10 && str_eq(program + len - 10, " (deleted)");
	if (!deleted || asprintf(&link, "/proc/%d/exe", pid) < 0)
		return NULL;
	return link;
}

static char *solib_path(pid_t pid)
{
	cleanup_free char *maps = NULL;
	return process_read(pid, "maps", &maps, NULL) == 0 ? maps_library_path(maps, "/target") : NULL;
}

/*
 * The trace is what is collected, and stdout is where that goes. Only what can be opened once more can be named; else
 * the tool's stderr, where it writes anyway, becomes stdout.
 */
static const char *trace_to_stdout(const struct tool_use *use)
{
	static const char path[] = "/proc/self/fd/1";
	struct stat st;
	cleanup_fd int fd = -EBADF;
	if (!use->one_file_each && fstat(STDOUT_FILENO, &st) == 0 && S_ISFIFO(st.st_mode))
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0)
		return path;
	dup2(STDOUT_FILENO, STDERR_FILENO);
	return NULL;
}

/* What people type first, and would look for in vain afterwards. */
static void warn_of_loss(const struct tool_options *o, const struct tool_use *use)
{
	struct error err;
	char shown[256];
	if (!use->output || str_eq(use->output, "-") || *use->output == '|' || *use->output == '!')
		return;
	text_escape(shown, sizeof(shown), use->output, strlen(use->output));
	error_set(&err, 0,
		  "warning: %s is a file of the tool's own, gone when the session ends; centerctl debug -o FILE %s -- "
		  "... keeps "
		  "what the tool writes on your side",
		  shown, o->target ? o->target : "TARGET");
	say(err.text);
}

static int run_tool(const struct tool_options *o, enum tool_kind kind, const struct tool_use *use, pid_t pid)
{
	struct error err;
	cleanup_strv char **argv = NULL;
	cleanup_free char *program = NULL, *libraries = NULL;
	struct rewrite how = {.pid = pid, .tty = o->tty, .source = o->source};
	pid_t meant = use->pid_count > 0 ? use->pids[0] : pid;
	warn_of_loss(o, use);
	if (kind == TOOL_GDB && meant > 0) {
		how.program = program = odd_program(meant);
		how.solib_path = libraries = solib_path(meant);
	}
	if ((kind == TOOL_STRACE || kind == TOOL_LTRACE) && o->collecting && !use->output)
		how.trace_to = trace_to_stdout(use);
	/*
	 * These write breakpoints into what they attach to, which dies of the next one if they are not there any more.
	 * So a reader that has gone (| head) does not end them.
	 */
	if ((kind == TOOL_GDB || kind == TOOL_LTRACE) && meant > 0)
		signal(SIGPIPE, SIG_IGN);
	int r = rewrite_command(kind, o->command, use, &how, &argv);
	if (r == -EINVAL) {
		error_set(&err, r, "--source: gdb cannot take a directory with ':' or control characters in its name");
		return say_error(&err);
	}
	if (r < 0) {
		error_errno(&err, r, "%s", o->command[0]);
		return say_error(&err);
	}
	/*
	 * gdb takes its breakpoints out of what it traces when it is asked to end. A reader that has gone before (its
	 * client was killed) must not end it first.
	 */
	if (kind == TOOL_GDB || kind == TOOL_GDBSERVER)
		signal(SIGPIPE, SIG_IGN);
	return find_and_execute(o, argv);
}

/* gcore that streams, unless it was told a file of the toolbox's own /tmp. */
static int run_gcore(const struct tool_options *o, const struct tool_use *use, pid_t pid)
{
	struct error err;
	if (use->output && !str_eq(use->output, "-"))
		return run_tool(o, TOOL_GCORE, use, pid);
	if (use->operands > 1) {
		error_set(&err, -EINVAL, "gcore streams the core of one process at a time");
		return say_error(&err);
	}
	if (pid == 0) {
		error_set(&err, -EINVAL, "gcore: say of which process: gcore -o - PID, or --pid NAME");
		return say_error(&err);
	}
	if (isatty(STDOUT_FILENO)) {
		error_set(
			&err, -EINVAL,
			"a core is not for a terminal: write it to a file with -o FILE before the command, or `> FILE` "
			"behind it");
		return say_error(&err);
	}
	return core_write(pid, use->all_memory, &err) < 0 ? say_error(&err) : 0;
}

/* Exactly `gdbserver stdio` or `gdbserver PORT`: with a program behind it, it is the toolbox's own. */
static bool is_served(enum tool_kind kind, char *const *command)
{
	return kind == TOOL_GDBSERVER && strv_len(command) == 2 && (command[1][0] != '-' || str_eq(command[1], "-"));
}

/* gcore's operands are what it attaches to, and may be names here, too. */
static int find_pid(const struct tool_options *o, enum tool_kind kind, const struct tool_use *use, const char *target,
		    pid_t *ret, struct error *err)
{
	const char *word = kind == TOOL_GCORE && use->operand ? use->operand : o->pid;
	if (!word && is_served(kind, o->command))
		word = "1";
	return word ? process_find(word, target, ret, err) : 0;
}

int launch(const struct tool_options *o)
{
	struct error err;
	struct tool_use use;
	const char *target = o->target ? o->target : "the container";
	enum tool_kind kind = *o->command ? tool_kind_of(o->command[0]) : TOOL_OTHER;
	pid_t pid = 0;
	char number[16];
	tool_look(kind, o->command, &use);
	if (find_pid(o, kind, &use, target, &pid, &err) < 0)
		return say_error(&err);
	/* Asked of a distribution's server, through the container's network: nobody said so. */
	unsetenv("DEBUGINFOD_URLS");
	if (pid > 0) {
		snprintf(number, sizeof(number), "%d", pid);
		setenv("CENTERCTL_PID", number, 1);
	}
	if (!*o->command)
		return shell_run(o);
	if (kind == TOOL_OTHER)
		return find_and_execute(o, o->command);
	if (check_pids(kind, &use, pid, target, &err) < 0)
		return say_error(&err);
	if (is_served(kind, o->command))
		return serve(o, o->command[1], pid);
	return kind == TOOL_GCORE ? run_gcore(o, &use, pid) : run_tool(o, kind, &use, pid);
}

/* SPDX-License-Identifier: ISC */
/* `centerctl debug`: tools of the host beside the processes of a container. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "entry.h"
#include "keep.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/cell.h"
#include "lib/client/debug_options.h"
#include "lib/client/exec_request.h"
#include "lib/client/report.h"
#include "lib/client/session.h"

/* What became of the command. */
struct outcome {
	int code, killed;
	bool started;
	int64_t duration_ms;
};

static void put_path(struct buf *to, const char *name, const char *path)
{
	buf_printf(to, ", \"%s\": ", name);
	if (path)
		cell_put_json(to, path);
	else
		buf_puts(to, "null");
}

/* The exit code is the command's: 124 says that its time was over only if it had a limit. */
static int print_json(const struct exec_options *o, const struct keep *k, const struct outcome *e, struct error *err)
{
	const struct request *r = &o->request;
	cleanup_buf struct buf b = {0};
	buf_puts(&b, "{\"target\": ");
	if (r->target)
		cell_put_json(&b, r->target);
	else
		buf_printf(&b, "\"host-pid:%" PRId64 "\"", r->host_pid);
	buf_puts(&b, ", \"command\": ");
	cell_put_json_list(&b, r->command);
	buf_printf(&b, ", \"exit_code\": %d, \"signal\": ", e->code);
	if (e->killed)
		buf_printf(&b, "%d", e->killed);
	else
		buf_puts(&b, "null");
	buf_printf(&b, ", \"timed_out\": %s, \"duration_ms\": %" PRId64,
		   r->timeout_ms > 0 && e->code == EXIT_TIMED_OUT ? "true" : "false", e->duration_ms);
	put_path(&b, "stdout", k->output);
	put_path(&b, "stderr", k->errors);
	buf_printf(&b, ", \"started\": %s}\n", e->started ? "true" : "false");
	int result = b.failed ? -ENOMEM : write_full(STDOUT_FILENO, b.data, b.len);
	return result < 0 ? error_errno(err, result, "cannot write the outcome") : 0;
}

/* Who is not root can look at nothing of the host's by the way of the toolbox. */
static int check_source(const struct request *r, struct error *err)
{
	if (!r->source || geteuid() == 0 || strcmp(r->source, "/target") == 0 || str_starts(r->source, "/target/"))
		return 0;
	return error_set(err, -EPERM,
			 "--source %s: only root may have a directory of the host there; others name one in the "
			 "container, as /target/usr/src",
			 r->source);
}

static int run(struct exec_options *o, struct keep *k, struct error *err)
{
	bool json;
	struct outcome e = {0};
	cleanup_buf struct buf request = {0};
	int r = check_source(&o->request, err);
	if (r == 0)
		r = entry_complete(o, err);
	if (r == 0)
		r = exec_request_encode(&o->request, &request, err);
	if (r == 0 && o->request.collecting)
		r = keep_open(k, o->output, o->json, err);
	if (r < 0)
		return r;
	struct session_setup setup = exec_request_setup(o, &json);
	setup.pid_file = o->pid_file;
	setup.started = &e.started;
	setup.killed = &e.killed;
	setup.duration_ms = &e.duration_ms;
	memcpy(setup.kept, k->fd, sizeof(setup.kept));
	e.code = session_run(&setup, &request, err);
	if (!e.started)
		keep_drop(k);
	if (e.code < 0 || !o->json || o->show)
		return e.code;
	r = print_json(o, k, &e, err);
	return r < 0 ? r : e.code;
}

static int debug_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	cleanup_exec_options struct exec_options o = {0};
	cleanup_keep struct keep k = {0};
	int r = debug_options_parse(&o, argc, argv, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	if (r == 0)
		r = run(&o, &k, &err);
	return r < 0 ? report_error(&err) : r;
}

const struct cmd cmd_debug = {
	.name = "debug",
	.usage = "[OPTIONS] TARGET [--] [COMMAND [ARG...]]",
	.summary = "Run gdb, strace and the like beside the processes of a container",
	.min_operands = 1,
	.max_operands = -1,
	.options = debug_option_table,
	.notes = "The command comes from a toolbox (see centerctl toolbox --help), which is / for it. The container's "
		 "root is\n"
		 "/target, its processes are those in /proc, by their numbers inside. Without COMMAND: a shell of the "
		 "toolbox.\n"
		 "Options may stand before and behind TARGET, up to -- or COMMAND.\n\n"
		 "Exit code: the command's; 128+N if signal N ended it; 124 --timeout passed; 125 centerctl failed;\n"
		 "126 the command cannot be executed; 127 the toolbox does not have it. See centerctl(1).\n",
	.run = debug_run,
};

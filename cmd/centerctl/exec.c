/* SPDX-License-Identifier: ISC */
/* `centerctl exec`: from the command line to a request, and through the session to the exit code. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "engine_find.h"
#include "lib/client/enter_process.h"
#include "environment.h"
#include "lib/client/exec_options.h"
#include "lib/client/exec_values.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/client/session.h"
#include "lib/client/show.h"
#include "lib/client/terminal.h"

extern char **environ;

/* docker's order: files first, then --env, the last one of a name counts. */
static int set_environment(struct exec_options *o, struct error *err)
{
	char ***env = &o->request.env;
	int r = 0;
	for (char **file = o->env_files; r == 0 && file && *file; file++)
		r = environment_add_file(env, *file, environ, err);
	for (char **entry = o->env; r == 0 && entry && *entry; entry++)
		r = environment_add(env, *entry, environ, err);
	return r;
}

/* A terminal by default if there is one at both ends, as somebody sits there then. */
static bool wants_tty(const struct exec_options *o)
{
	if (o->tty != CHOICE_NONE)
		return o->tty == CHOICE_YES;
	return o->request.stdin_open && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static int set_terminal(struct exec_options *o, struct error *err)
{
	struct request *r = &o->request;
	const char *term = getenv("TERM");
	r->stdin_open = o->stdin_open != CHOICE_NO && !r->detach && !o->show;
	r->tty = wants_tty(o);
	terminal_size(&r->rows, &r->cols);
	if (!r->tty || !term || !is_term_name(term))
		return 0;
	r->term = strdup(term);
	return r->term ? 0 : error_errno(err, -ENOMEM, "TERM");
}

/* The engine of everybody else is the configuration's: whoever answers there chooses what is entered. */
static int set_engine(struct exec_options *o, struct error *err)
{
	if (geteuid() == 0)
		return target_is_pid(o->request.target) ? 0 : engine_find(o->engine, environ, &o->request.engine, err);
	if (!o->engine)
		return 0;
	return error_set(err, -EPERM, "--engine is for root alone: others use the engine that centerctl.conf names");
}

/* All that the request needs of the world around; target and options are in it already. */
static int complete(struct exec_options *o, struct error *err)
{
	int r = enter_process_check_fds(o->request.preserve_fds, err);
	if (r == 0)
		r = set_environment(o, err);
	if (r == 0)
		r = set_terminal(o, err);
	return r == 0 ? set_engine(o, err) : r;
}

static int print_show(void *json, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	cleanup_buf struct buf text = {0};
	int r = type == CHANNEL_SHOW ? show_format(data, len, *(const bool *)json, &text) : -EBADMSG;
	return r < 0 ? r : write_full(STDOUT_FILENO, text.data, text.len);
}

static int encode(const struct request *r, struct buf *to, struct error *err)
{
	if (strv_len(r->command) > REQUEST_STRINGS_MAX || strv_len(r->env) > REQUEST_STRINGS_MAX)
		return error_set(err, -E2BIG, "the command or the environment has more than %d words",
				 REQUEST_STRINGS_MAX);
	request_encode(r, to);
	if (to->failed)
		return error_errno(err, -ENOMEM, "the request");
	if (to->len > REQUEST_BYTES_MAX)
		return error_set(err, -E2BIG, "command and environment are longer than %d bytes together",
				 REQUEST_BYTES_MAX);
	return 0;
}

/* What is needed only to make the request is freed before the wait begins: a session may last for days. */
static int prepare(int argc, char **argv, struct session_setup *setup, struct buf *request, char **ret_pid_file,
		   bool *ret_json, bool *ret_help, struct error *err)
{
	cleanup_exec_options struct exec_options o = {0};
	int r = exec_options_parse(&o, argc, argv, err);
	*ret_help = r == 0 && o.help;
	if (r < 0 || o.help)
		return r;
	r = complete(&o, err);
	if (r == 0)
		r = encode(&o.request, request, err);
	if (r < 0)
		return r;
	*ret_pid_file = steal_ptr(o.pid_file);
	*ret_json = o.json;
	*setup = (struct session_setup){
		/* Without a relay the command's terminal is none of ours. */
		.tty = o.request.tty && !o.request.detach && !o.show,
		.reply = print_show,
		.reply_arg = ret_json,
		.rows = o.request.rows,
		.cols = o.request.cols,
		.preserve_fds = o.request.preserve_fds,
		.pid_file = *ret_pid_file,
	};
	/* With stdin left alone, Ctrl-C must stay a signal: nobody reads the key. */
	setup->raw = setup->tty && o.request.stdin_open && isatty(STDIN_FILENO);
	return 0;
}

static int exec_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct session_setup setup;
	bool help, json;
	cleanup_buf struct buf request = {0};
	cleanup_free char *pid_file = NULL;
	int r = prepare(argc, argv, &setup, &request, &pid_file, &json, &help, &err);
	if (r == 0 && help)
		return help_print_cmd(self, stdout);
	if (r == 0)
		r = session_run(&setup, &request, &err);
	return r < 0 ? report_error(&err) : r;
}

const struct cmd cmd_exec = {
	.name = "exec",
	.usage = "[OPTIONS] TARGET [COMMAND [ARG...]]",
	.summary = "Run a command in a running container",
	.min_operands = 1,
	.max_operands = -1,
	.options = exec_option_table,
	.notes = "TARGET is a container's name, ID or unique ID prefix, or pid:N for the namespaces of process N.\n"
		 "Without COMMAND, the user's shell in the container is run.\n\n"
		 "Exit code: the command's; 128+N if signal N ended it; 124 --timeout passed; 125 centerctl failed;\n"
		 "126 the command cannot be executed; 127 it was not found. See centerctl(1).\n",
	.run = exec_run,
};

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
#include "lib/client/exec_request.h"
#include "lib/client/exec_values.h"
#include "lib/base/cleanup.h"
#include "lib/client/report.h"
#include "lib/client/session.h"

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
		r = exec_request_terminal(o, err);
	return r == 0 ? set_engine(o, err) : r;
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
		r = exec_request_encode(&o.request, request, err);
	if (r < 0)
		return r;
	*ret_pid_file = steal_ptr(o.pid_file);
	*setup = exec_request_setup(&o, ret_json);
	setup->pid_file = *ret_pid_file;
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

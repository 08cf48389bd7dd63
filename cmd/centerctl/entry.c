/* SPDX-License-Identifier: ISC */
#include "entry.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine_find.h"
#include "environment.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/enter_process.h"
#include "lib/client/exec_request.h"
#include "lib/client/exec_values.h"
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
	const char *target = o->request.target;
	if (geteuid() == 0)
		return target && target_is_pid(target) ? 0 : engine_find(o->engine, environ, &o->request.engine, err);
	if (!o->engine)
		return 0;
	return error_set(err, -EPERM, "--engine is for root alone: others use the engine that centerctl.conf names");
}

int entry_complete(struct exec_options *o, struct error *err)
{
	int r = enter_process_check_fds(o->request.preserve_fds, err);
	if (r == 0)
		r = set_environment(o, err);
	if (r == 0)
		r = exec_request_terminal(o, err);
	return r == 0 ? set_engine(o, err) : r;
}

/* What is needed only to make the request is freed before the wait begins: a session may last for days. */
static int prepare(struct exec_options *o, struct session_setup *setup, struct buf *request, char **ret_pid_file,
		   bool *ret_json, struct error *err)
{
	int r = entry_complete(o, err);
	if (r == 0)
		r = exec_request_encode(&o->request, request, err);
	if (r < 0)
		return r;
	*ret_pid_file = steal_ptr(o->pid_file);
	*setup = exec_request_setup(o, ret_json);
	setup->pid_file = *ret_pid_file;
	return 0;
}

int entry_run(const struct cmd *self, int argc, char **argv,
	      int (*parse)(struct exec_options *o, int argc, char *const argv[], struct error *err))
{
	struct error err;
	struct session_setup setup;
	bool json;
	cleanup_buf struct buf request = {0};
	cleanup_free char *pid_file = NULL;
	cleanup_exec_options struct exec_options o = {0};
	int r = parse(&o, argc, argv, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	if (r == 0)
		r = prepare(&o, &setup, &request, &pid_file, &json, &err);
	exec_options_done(&o);
	if (r == 0)
		r = session_run(&setup, &request, &err);
	return r < 0 ? report_error(&err) : r;
}

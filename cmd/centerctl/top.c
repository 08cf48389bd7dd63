/* SPDX-License-Identifier: ISC */
/* `centerctl top`: the processes of a container, by both of their numbers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "cmd.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/exec_values.h"
#include "lib/client/report.h"
#include "lib/client/top_print.h"
#include "lib/proto/processes.h"
#include "operands.h"

struct options {
	bool json, help;
	char *engine;
};

static int set_json(void *options, const char *value, struct error *err)
{
	(void)err;
	((struct options *)options)->json = value == OPTION_ON;
	return 0;
}

static int set_engine(void *options, const char *value, struct error *err)
{
	return str_set(&((struct options *)options)->engine, value) < 0 ? error_errno(err, -ENOMEM, "--engine") : 0;
}

static int set_help(void *options, const char *value, struct error *err)
{
	(void)err;
	((struct options *)options)->help = value == OPTION_ON;
	return 0;
}

static const struct option_def table[] = {
	{0, "json", NULL, "A JSON array", set_json},
	{'H', "engine", "URL", "The engine that runs the container (root only)", set_engine},
	{'h', "help", NULL, "Show this help", set_help},
	{0},
};

struct reply {
	struct processes processes;
	bool there;
};

static int take(void *arg, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	struct reply *reply = arg;
	if (type != CHANNEL_TOP || reply->there)
		return -EBADMSG;
	int r = processes_decode(data, len, &reply->processes);
	reply->there = r == 0;
	return r;
}

static int print(const struct options *o, const struct reply *reply, struct error *err)
{
	cleanup_buf struct buf text = {0};
	if (!reply->there)
		return error_set(err, -EBADMSG, "centerctl-enter sent no processes");
	int r = top_print(&reply->processes, o->json, &text);
	if (r == 0)
		r = write_full(STDOUT_FILENO, text.data, text.len);
	return r < 0 ? error_errno(err, r, "cannot write the list") : EXIT_SUCCESS;
}

static int top(const struct options *o, const char *target, struct error *err)
{
	cleanup_request struct request ask = {.verb = VERB_TOP, .ns = NS_ALL};
	struct reply reply = {0};
	int r = target_check(target, err);
	if (r == 0 && !(target_is_pid(target) && geteuid() == 0))
		r = ask_set_engine(o->engine, false, &ask.engine, err);
	if (r == 0 && str_set(&ask.target, target) < 0)
		r = error_errno(err, -ENOMEM, "%s", target);
	if (r == 0)
		r = ask_enter(&ask, take, &reply);
	if (r == EXIT_SUCCESS)
		r = print(o, &reply, err);
	processes_done(&reply.processes);
	return r;
}

static int top_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct options o = {0};
	cleanup_strv char **words = NULL;
	int r = operands_parse(self, &o, &o.help, argc, argv, &words, &err);
	if (r == 0)
		r = o.help ? help_print_cmd(self, stdout) : top(&o, words[0], &err);
	free(o.engine);
	return r < 0 ? report_error(&err) : r;
}

const struct cmd cmd_top = {
	.name = "top",
	.usage = "[OPTIONS] TARGET",
	.summary = "List the processes of a container, by their numbers inside and on the host",
	.min_operands = 1,
	.max_operands = 1,
	.options = table,
	.notes = "PID and USER are the container's own; a user that does not exist in its user namespace is \"-\".\n",
	.run = top_run,
};

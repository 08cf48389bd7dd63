/* SPDX-License-Identifier: ISC */
#include "debug_options.h"

#include <errno.h>
#include <string.h>

#include "exec_setters.h"
#include "exec_values.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static const uint64_t PID_LIMIT = 1 << 22; /* the kernel's PID_MAX_LIMIT */

/* A toolbox by its name; or a path, which centerctl-enter takes from root alone. */
static int set_toolbox_or_path(char **to, const char *option, const char *value, struct error *err)
{
	if (*value != '/' && !is_toolbox_name(value))
		return error_set(err, -EINVAL,
				 "%s %s: a toolbox's name is of a-z, 0-9, . _ and -, and begins with a letter or "
				 "digit (from root a path may stand here, which begins with /)",
				 option, value);
	return exec_set_word(to, option, value, err);
}

static int set_toolbox(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return set_toolbox_or_path(&o->request.toolbox, "--toolbox", value, err);
}

static int set_static(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return set_toolbox_or_path(&o->request.static_tool, "--static", value, err);
}

static int set_pid(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	uint64_t number;
	if (!*value || *value == '-')
		return error_set(err, -EINVAL, "--pid %s: not the number or name of a process of the container", value);
	if (is_digits(value) && (parse_u64(value, PID_LIMIT, &number) < 0 || number == 0))
		return error_set(err, -EINVAL, "--pid %s: process numbers are from 1 to %d", value, (int)PID_LIMIT);
	return exec_set_word(&o->request.pid, "--pid", value, err);
}

static int set_host_pid(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	uint64_t number;
	if (parse_u64(value, PID_LIMIT, &number) < 0 || number == 0)
		return error_set(err, -EINVAL, "--host-pid %s: not the number of a process of this host", value);
	o->request.host_pid = (int64_t)number;
	return 0;
}

static int set_source(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (*value != '/')
		return error_set(err, -EINVAL, "--source %s: a directory begins with /", value);
	return exec_set_word(&o->request.source, "--source", value, err);
}

static int set_gdbserver(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	uint64_t port;
	if (strcmp(value, "stdio") != 0 && (parse_u64(value, UINT16_MAX, &port) < 0 || port == 0))
		return error_set(err, -EINVAL, "--gdbserver %s: neither a port from 1 to %d nor stdio", value,
				 UINT16_MAX);
	return exec_set_word(&o->gdbserver, "--gdbserver", value, err);
}

static int set_output(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--output: the file's name is empty");
	return exec_set_word(&o->output, "--output", value, err);
}

const struct option_def debug_option_table[] = {
	{0, "toolbox", "NAME", "The tools to debug with (default: the first that the rule names)", set_toolbox},
	{0, "static", "TOOL", "No toolbox: one static program of the host, as busybox, inside the container",
	 set_static},
	{0, "pid", "N|NAME", "The container's process to debug: its number or name inside", set_pid},
	{0, "host-pid", "N", "A process of the host, which stands for its container: no TARGET then", set_host_pid},
	{0, "rw", NULL, "Let the container's root at /target be written",
	 OPTION_SWITCH(struct exec_options, request.writable)},
	{0, "source", "DIR", "Sources for gdb: a directory below /target, or from root one of the host", set_source},
	{0, "gdbserver", "PORT|stdio", "Serve a remote gdb instead of running a command", set_gdbserver},
	{'o', "output", "FILE", "Write the command's output to a file on this side; - is stdout", set_output},
	{0, "json", NULL, "Tell exit code, time and files of output as JSON; with --show: show as JSON",
	 OPTION_SWITCH(struct exec_options, json)},
	EXEC_ROWS_COMMAND,
	EXEC_ROWS_END,
};

/* The first pair that cannot be meant together. */
static int check_pairs(const struct exec_options *o, struct error *err)
{
	const struct request *r = &o->request;
	const bool keeps = o->output || (o->json && !o->show), fixed = r->static_tool != NULL;
	const struct {
		bool both;
		const char *text;
	} pairs[] = {
		{r->host_pid && r->target, "--host-pid finds the container by itself: no TARGET stands beside it"},
		{r->host_pid && r->pid, "--host-pid and --pid contradict each other: each names the process"},
		{fixed && r->pid,
		 "--static and --pid contradict each other: nothing hands the process to that program"},
		{fixed && r->toolbox, "--static and --toolbox contradict each other: --static goes without a toolbox"},
		{fixed && r->source,
		 "--static and --source contradict each other: there is no gdb to be told of sources"},
		{fixed && r->writable, "--static and --rw contradict each other: the container's own root is / there"},
		{fixed && o->gdbserver, "--static and --gdbserver contradict each other: gdbserver is of a toolbox"},
		{o->gdbserver && r->command, "--gdbserver and COMMAND contradict each other: gdbserver is the command"},
		{o->gdbserver && o->tty == CHOICE_YES && strcmp(o->gdbserver, "stdio") == 0,
		 "--gdbserver stdio and -t (--tty) contradict each other: gdb's protocol needs every byte as it is"},
		{keeps && o->tty == CHOICE_YES,
		 "-o (--output) and --json contradict -t (--tty): what a terminal shows is not kept"},
		{keeps && r->detach, "-o (--output) and --json contradict -d (--detach): nobody stays to write"},
		{o->output && o->show, "-o (--output) and --show contradict each other: --show runs nothing"},
		{o->output && o->json && strcmp(o->output, "-") == 0,
		 "-o - and --json contradict each other: both are for stdout"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (pairs[i].both)
			return error_set(err, -EINVAL, "%s", pairs[i].text);
	return exec_options_check(o, err);
}

/* TARGET, unless --host-pid stands for it, and COMMAND; options between them. */
static int take_words(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	for (;;) {
		bool dashes;
		int first = option_parse_part(debug_option_table, "debug", o, argc, argv, &dashes, err);
		if (first < 0 || o->help || first >= argc)
			return first < 0 ? first : 0;
		if (o->request.target || o->request.host_pid)
			return exec_options_set_command(o, argv + first, err);
		int r = exec_options_set_target(o, argv[first], err);
		if (r < 0)
			return r;
		argc -= first;
		argv += first;
		if (dashes)
			return exec_options_set_command(o, argv + 1 + (argc > 1 && strcmp(argv[1], "--") == 0), err);
	}
}

/* -p N, -fp N, -p1, --attach=1: strace is to attach. A word that is another option's value may be taken for one. */
static bool strace_attaches(char *const *words)
{
	for (; *words; words++)
		if (str_starts(*words, "--attach") || ((*words)[0] == '-' && (*words)[1] != '-' && strchr(*words, 'p')))
			return true;
	return false;
}

static int take_strace_timeout(struct exec_options *o, struct error *err)
{
	struct request *r = &o->request;
	size_t count = strv_len(r->command);
	if (count < 3 || strcmp(r->command[count - 2], "--timeout") != 0)
		return 0;
	const char *slash = strrchr(r->command[0], '/');
	if (strcmp(slash ? slash + 1 : r->command[0], "strace") != 0)
		return 0;
	if (!strace_attaches(r->command + 1) && !r->pid && !r->host_pid)
		return 0;
	if (r->timeout_ms > 0)
		return error_set(err, -EINVAL, "--timeout stands twice: before the command, and at its end");
	int result = exec_set_timeout(o, r->command[count - 1], err);
	if (result < 0)
		return result;
	for (size_t i = count - 2; i < count; i++) {
		free(r->command[i]);
		r->command[i] = NULL;
	}
	return 0;
}

static int set_gdbserver_command(struct exec_options *o, struct error *err)
{
	char *const words[] = {(char *)"gdbserver", o->gdbserver, NULL};
	if (!o->gdbserver)
		return 0;
	if (strcmp(o->gdbserver, "stdio") == 0)
		o->tty = CHOICE_NO;
	return exec_options_set_command(o, words, err);
}

int debug_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	o->request.ns = NS_ALL;
	o->request.debug = true;
	int r = take_words(o, argc, argv, err);
	if (r < 0 || o->help)
		return r;
	if (!o->request.target && !o->request.host_pid)
		return error_set(err, -EINVAL,
				 "debug needs a container: centerctl debug [OPTIONS] TARGET [--] [COMMAND [ARG...]]; "
				 "see centerctl debug --help");
	r = take_strace_timeout(o, err);
	if (r == 0)
		r = check_pairs(o, err);
	if (r == 0)
		r = set_gdbserver_command(o, err);
	if (r < 0)
		return r;
	o->request.verb = o->show ? VERB_SHOW : VERB_EXEC;
	o->request.collecting = o->output || (o->json && !o->show);
	if (o->request.collecting)
		o->tty = CHOICE_NO;
	return 0;
}

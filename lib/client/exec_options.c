/* SPDX-License-Identifier: ISC */
#include "exec_options.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exec_values.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { PRESERVE_FDS_MAX = 4096 };

void exec_options_done(struct exec_options *o)
{
	request_done(&o->request);
	strv_free(o->env);
	strv_free(o->env_files);
	free(o->pid_file);
	free(o->engine);
	*o = (struct exec_options){0};
}

/* Stores a copy; the last of several counts. */
static int set_word(char **to, const char *option, const char *value, struct error *err)
{
	if (strlen(value) > REQUEST_WORD_MAX)
		return error_set(err, -E2BIG, "%s: the value is longer than %d bytes", option, REQUEST_WORD_MAX);
	char *copy = strdup(value);
	if (!copy)
		return error_errno(err, -ENOMEM, "%s", option);
	free(*to);
	*to = copy;
	return 0;
}

static int add_word(char ***to, const char *option, const char *value, struct error *err)
{
	int r = strv_add(to, value);
	return r < 0 ? error_errno(err, r, "%s", option) : 0;
}

static int choose(enum choice *to, enum choice value, const char *contradiction, struct error *err)
{
	if (*to != CHOICE_NONE && *to != value)
		return error_set(err, -EINVAL, "%s contradict each other", contradiction);
	*to = value;
	return 0;
}

static int set_tty(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return choose(&o->tty, value == OPTION_ON ? CHOICE_YES : CHOICE_NO, "-t (--tty) and -T (--no-tty)", err);
}

static int set_no_tty(void *options, const char *value, struct error *err)
{
	return set_tty(options, value == OPTION_ON ? OPTION_OFF : OPTION_ON, err);
}

static int set_interactive(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return choose(&o->stdin_open, value == OPTION_ON ? CHOICE_YES : CHOICE_NO,
		      "-i (--interactive) and -n (--no-stdin)", err);
}

static int set_no_stdin(void *options, const char *value, struct error *err)
{
	return set_interactive(options, value == OPTION_ON ? OPTION_OFF : OPTION_ON, err);
}

static int set_user(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return set_word(&o->request.user, "--user", value, err);
}

static int set_group_add(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--group-add: the group's name is empty");
	return add_word(&o->request.group_add, "--group-add", value, err);
}

static int set_workdir(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (*value != '/')
		return error_set(err, -EINVAL, "--workdir %s: a directory in the container begins with /", value);
	return set_word(&o->request.workdir, "--workdir", value, err);
}

static int set_env(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (*value == '\0' || *value == '=')
		return error_set(err, -EINVAL, "--env %s: there is no variable's name", value);
	return add_word(&o->env, "--env", value, err);
}

static int set_env_file(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return add_word(&o->env_files, "--env-file", value, err);
}

static int set_detach(void *options, const char *value, struct error *err)
{
	(void)err;
	struct exec_options *o = options;
	o->request.detach = value == OPTION_ON;
	return 0;
}

static int set_detach_keys(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return detach_keys_parse(value, o->request.detach_keys, sizeof(o->request.detach_keys),
				 &o->request.detach_keys_len, err);
}

static int set_pid_file(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--pid-file: the file's name is empty");
	return set_word(&o->pid_file, "--pid-file", value, err);
}

static int set_privileged(void *options, const char *value, struct error *err)
{
	(void)err;
	struct exec_options *o = options;
	o->request.privileged = value == OPTION_ON;
	return 0;
}

static int set_cap_add(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return cap_list_add(value, &o->request.cap_add, err);
}

static int set_preserve_fds(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	uint64_t count;
	int r = parse_u64(value, PRESERVE_FDS_MAX, &count);
	if (r < 0)
		return error_set(err, r, "--preserve-fds %s: not a number from 0 to %d", value, PRESERVE_FDS_MAX);
	o->request.preserve_fds = (uint32_t)count;
	return 0;
}

static int set_ns(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return ns_list_parse(value, &o->request.ns, &o->request.ns_explicit, err);
}

static int set_timeout(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	int r = parse_duration(value, &o->request.timeout_ms);
	if (r < 0)
		return error_set(err, r,
				 "--timeout %s: not a duration such as 500ms, 30, 30s, 1.5m, 2h or 1d (at most "
				 "10 years)",
				 value);
	return 0;
}

static int set_show(void *options, const char *value, struct error *err)
{
	(void)err;
	struct exec_options *o = options;
	o->show = value == OPTION_ON;
	return 0;
}

static int set_json(void *options, const char *value, struct error *err)
{
	(void)err;
	struct exec_options *o = options;
	o->json = value == OPTION_ON;
	return 0;
}

static int set_engine(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--engine: the address is empty");
	return set_word(&o->engine, "--engine", value, err);
}

static int set_help(void *options, const char *value, struct error *err)
{
	(void)err;
	struct exec_options *o = options;
	o->help = value == OPTION_ON;
	return 0;
}

const struct option_def exec_option_table[] = {
	{'t', "tty", NULL, "Give the command a terminal (default: if stdin and stdout are ones)", set_tty},
	{'T', "no-tty", NULL, "Give it none", set_no_tty},
	{'i', "interactive", NULL, "Connect stdin (this is the default)", set_interactive},
	{'n', "no-stdin", NULL, "Leave stdin alone: the command reads from /dev/null", set_no_stdin},
	{'u', "user", "USER[:GROUP]", "Run as this user of the container, by name or number", set_user},
	{0, "group-add", "GROUP", "A further group of the container", set_group_add},
	{'w', "workdir", "DIR", "Working directory inside the container", set_workdir},
	{'e', "env", "NAME[=VALUE]", "Set a variable, or pass the caller's on", set_env},
	{0, "env-file", "FILE", "Set the variables that a file lists", set_env_file},
	{'d', "detach", NULL, "Leave the command running in the background", set_detach},
	{0, "detach-keys", "KEYS", "Keys that leave a session, as ctrl-p,ctrl-q (default: none)", set_detach_keys},
	{0, "pid-file", "FILE", "Write the command's process number on this host to a file", set_pid_file},
	{0, "privileged", NULL, "All capabilities, and no AppArmor profile", set_privileged},
	{0, "cap-add", "CAP[,CAP...]", "Further capabilities, or ALL", set_cap_add},
	{0, "preserve-fds", "N", "Hand descriptors 3 to N+2 to the command (dangerous)", set_preserve_fds},
	{0, "ns", "LIST", "Namespaces to enter: all, all,-net or mnt,pid (default: all)", set_ns},
	{0, "timeout", "DURATION", "End the command after this time, with exit code 124", set_timeout},
	{0, "show", NULL, "Show what would be entered, and enter nothing", set_show},
	{0, "json", NULL, "With --show: as JSON", set_json},
	{'H', "engine", "URL", "The engine that runs the container", set_engine},
	{'h', "help", NULL, "Show this help", set_help},
	{0},
};

static int check_combination(const struct exec_options *o, struct error *err)
{
	if (o->json && !o->show)
		return error_set(err, -EINVAL, "--json is only for --show: write --show --json");
	if (o->show && o->request.detach)
		return error_set(err, -EINVAL, "-d (--detach) and --show contradict each other");
	if (o->show && o->pid_file)
		return error_set(err, -EINVAL, "--pid-file and --show contradict each other: --show starts no process");
	if (o->request.detach && o->request.timeout_ms > 0)
		return error_set(err, -EINVAL,
				 "-d (--detach) and --timeout contradict each other: nobody stays to end the command");
	if (o->stdin_open == CHOICE_NO && o->tty != CHOICE_YES && o->request.detach_keys_len > 0)
		return error_set(err, -EINVAL, "--detach-keys and -n (--no-stdin) contradict each other");
	return 0;
}

/* TARGET [COMMAND [ARG...]]. A -- behind the target is skipped, for those who know it from kubectl. */
static int take_operands(struct exec_options *o, int argc, char *const argv[], int first, struct error *err)
{
	if (first >= argc)
		return error_set(err, -EINVAL,
				 "exec needs a container: centerctl exec [OPTIONS] TARGET [COMMAND "
				 "[ARG...]]; see centerctl exec --help");
	int r = target_check(argv[first], err);
	if (r < 0)
		return r;
	r = set_word(&o->request.target, "TARGET", argv[first], err);
	int command = first + 1;
	if (command < argc && strcmp(argv[command], "--") == 0)
		command++;
	if (r == 0 && command < argc) {
		o->request.command = strv_copy(argv + command);
		if (!o->request.command)
			r = error_errno(err, -ENOMEM, "the command");
	}
	return r;
}

int exec_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	o->request.ns = NS_ALL;
	int first = option_parse(exec_option_table, "exec", o, argc, argv, err);
	if (first < 0)
		return first;
	if (o->help)
		return 0;
	int r = check_combination(o, err);
	if (r < 0)
		return r;
	o->request.verb = o->show ? VERB_SHOW : VERB_EXEC;
	return take_operands(o, argc, argv, first, err);
}

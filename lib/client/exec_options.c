/* SPDX-License-Identifier: ISC */
#include "exec_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exec_setters.h"
#include "exec_values.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

void exec_options_done(struct exec_options *o)
{
	request_done(&o->request);
	strv_free(o->env);
	strv_free(o->env_files);
	free(o->pid_file);
	free(o->engine);
	free(o->output);
	free(o->gdbserver);
	free(o->copy.from);
	free(o->copy.to);
	free(o->copy.second_target);
	free(o->copy.second_path);
	*o = (struct exec_options){0};
}

const struct option_def exec_option_table[] = {
	EXEC_ROWS_COMMAND,
	{0, "json", NULL, "With --show: as JSON", OPTION_SWITCH(struct exec_options, json)},
	EXEC_ROWS_END,
};

int exec_options_check(const struct exec_options *o, struct error *err)
{
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

static int check_combination(const struct exec_options *o, struct error *err)
{
	if (o->json && !o->show)
		return error_set(err, -EINVAL, "--json is only for --show: write --show --json");
	return exec_options_check(o, err);
}

int exec_options_set_target(struct exec_options *o, const char *word, struct error *err)
{
	int r = target_check(word, err);
	return r < 0 ? r : exec_set_word(&o->request.target, "TARGET", word, err);
}

int exec_options_set_command(struct exec_options *o, char *const words[], struct error *err)
{
	if (!words[0])
		return 0;
	o->request.command = strv_copy(words);
	return o->request.command ? 0 : error_errno(err, -ENOMEM, "the command");
}

/* TARGET [COMMAND [ARG...]]. A -- behind the target is skipped, for those who know it from kubectl. */
static int take_operands(struct exec_options *o, int argc, char *const argv[], int first, struct error *err)
{
	if (first >= argc)
		return error_set(err, -EINVAL,
				 "exec needs a container: centerctl exec [OPTIONS] TARGET [COMMAND "
				 "[ARG...]]; see centerctl exec --help");
	int r = exec_options_set_target(o, argv[first], err);
	int command = first + 1;
	if (command < argc && strcmp(argv[command], "--") == 0)
		command++;
	return r < 0 ? r : exec_options_set_command(o, argv + command, err);
}

/* Returns the index of the first operand, 0 if only help is wanted, or -errno. */
static int parse_options(struct exec_options *o, const char *verb, int argc, char *const argv[], struct error *err)
{
	o->request.ns = NS_ALL;
	int first = option_parse(exec_option_table, verb, o, argc, argv, err);
	if (first < 0)
		return first;
	if (o->help)
		return 0;
	int r = check_combination(o, err);
	o->request.verb = o->show ? VERB_SHOW : VERB_EXEC;
	return r < 0 ? r : first;
}

int exec_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	int first = parse_options(o, "exec", argc, argv, err);
	return first <= 0 ? first : take_operands(o, argc, argv, first, err);
}

int shell_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	o->request.fallback = true;
	int first = parse_options(o, "shell", argc, argv, err);
	if (first <= 0)
		return first;
	if (first >= argc)
		return error_set(err, -EINVAL,
				 "shell needs a container: centerctl shell [OPTIONS] TARGET; see centerctl shell "
				 "--help");
	if (first + 1 < argc)
		return error_set(err, -EINVAL,
				 "shell takes no command: centerctl exec %s %s ... runs one (options stand before the "
				 "container)",
				 argv[first], argv[first + 1]);
	return exec_options_set_target(o, argv[first], err);
}

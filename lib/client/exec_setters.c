/* SPDX-License-Identifier: ISC */
#include "exec_setters.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exec_options.h"
#include "exec_values.h"
#include "lib/base/text.h"

enum { PRESERVE_FDS_MAX = 4096 };

/* Stores a copy; the last of several counts. */
int exec_set_word(char **to, const char *option, const char *value, struct error *err)
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

int exec_set_tty(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return choose(&o->tty, value == OPTION_ON ? CHOICE_YES : CHOICE_NO, "-t (--tty) and -T (--no-tty)", err);
}

int exec_set_no_tty(void *options, const char *value, struct error *err)
{
	return exec_set_tty(options, value == OPTION_ON ? OPTION_OFF : OPTION_ON, err);
}

int exec_set_interactive(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return choose(&o->stdin_open, value == OPTION_ON ? CHOICE_YES : CHOICE_NO,
		      "-i (--interactive) and -n (--no-stdin)", err);
}

int exec_set_no_stdin(void *options, const char *value, struct error *err)
{
	return exec_set_interactive(options, value == OPTION_ON ? OPTION_OFF : OPTION_ON, err);
}

int exec_set_user(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return exec_set_word(&o->request.user, "--user", value, err);
}

int exec_set_group_add(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--group-add: the group's name is empty");
	return add_word(&o->request.group_add, "--group-add", value, err);
}

int exec_set_workdir(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (*value != '/')
		return error_set(err, -EINVAL, "--workdir %s: a directory in the container begins with /", value);
	return exec_set_word(&o->request.workdir, "--workdir", value, err);
}

int exec_set_env(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (*value == '\0' || *value == '=')
		return error_set(err, -EINVAL, "--env %s: there is no variable's name", value);
	return add_word(&o->env, "--env", value, err);
}

int exec_set_env_file(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return add_word(&o->env_files, "--env-file", value, err);
}

int exec_set_detach_keys(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return detach_keys_parse(value, o->request.detach_keys, sizeof(o->request.detach_keys),
				 &o->request.detach_keys_len, err);
}

int exec_set_pid_file(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--pid-file: the file's name is empty");
	return exec_set_word(&o->pid_file, "--pid-file", value, err);
}

int exec_set_cap_add(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return cap_list_add(value, &o->request.cap_add, err);
}

int exec_set_preserve_fds(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	uint64_t count;
	int r = parse_u64(value, PRESERVE_FDS_MAX, &count);
	if (r < 0)
		return error_set(err, r, "--preserve-fds %s: not a number from 0 to %d", value, PRESERVE_FDS_MAX);
	o->request.preserve_fds = (uint32_t)count;
	return 0;
}

int exec_set_ns(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	return ns_list_parse(value, &o->request.ns, &o->request.ns_explicit, err);
}

int exec_set_timeout(void *options, const char *value, struct error *err)
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

int exec_set_engine(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--engine: the address is empty");
	return exec_set_word(&o->engine, "--engine", value, err);
}

/* SPDX-License-Identifier: ISC */
#include "cmd.h"

#include <errno.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/client/report.h"
#include "lib/base/suggest.h"

const struct cmd *const cmd_table[] = {
	&cmd_exec,  &cmd_shell, &cmd_debug,   &cmd_ls,	   &cmd_show,	 &cmd_logs,    &cmd_signal,   &cmd_top,
	&cmd_stats, &cmd_wait,	&cmd_diff,    &cmd_cp,	   &cmd_backup,	 &cmd_restore, &cmd_dial,     &cmd_forward,
	&cmd_sftp,  &cmd_which, &cmd_toolbox, &cmd_policy, &cmd_keys,	 &cmd_audit,   &cmd_sessions, &cmd_replay,
	&cmd_watch, &cmd_end,	&cmd_doctor,  &cmd_help,   &cmd_version, NULL};

/* The words of docker, kubectl, kill(1) and ssh(1). By its letters a word would often be near to something else. */
static const struct {
	const char *words, *hint;
} meant[] = {
	{"kill", "centerctl signal, as in centerctl signal -s KILL web"},
	{"stop restart start pause unpause rm", "centerctl signal; starting and stopping a container is its engine's"},
	{"inspect describe", "centerctl show"},
	{"ps", "centerctl ls; centerctl top for the processes of one container"},
	{"attach enter run sh bash ssh execute", "centerctl shell, or centerctl exec for one command"},
	{"copy scp", "centerctl cp"},
	{"port-forward", "centerctl forward"},
	{"port", "centerctl show, whose ports are those that are published; centerctl forward for others"},
	{"container", "centerctl ls, centerctl exec or centerctl cp: the same without that word"},
	{"export save", "centerctl backup"},
	{"log", "centerctl logs"},
	{"tail journalctl", "centerctl logs -f -n 20"},
	{"events", "centerctl ls -w"},
	{"get", "centerctl ls, or centerctl show for one container"},
	{"monitor", "centerctl stats"},
};

static const char *hint_for(const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < ARRAY_SIZE(meant); i++)
		for (const char *word = meant[i].words; *word;) {
			size_t n = strcspn(word, " ");
			if (n == len && strncmp(word, name, n) == 0)
				return meant[i].hint;
			word += n + strspn(word + n, " ");
		}
	return NULL;
}

const struct cmd *cmd_find(const char *name, struct error *err)
{
	const char *names[ARRAY_SIZE(cmd_table)] = {NULL};
	for (size_t i = 0; cmd_table[i]; i++) {
		if (strcmp(cmd_table[i]->name, name) == 0)
			return cmd_table[i];
		names[i] = cmd_table[i]->name;
	}
	/* docker and podman take -H, --context and --log-level there. */
	if (*name == '-') {
		error_set(err, -EINVAL,
			  "%s stands before the verb: options come behind it, as in centerctl exec -H URL web", name);
		return NULL;
	}
	const char *hint = hint_for(name), *near = suggest_nearest(name, names);
	if (hint) {
		error_set(err, -EINVAL, "unknown verb \"%s\": what is meant may be %s; see centerctl --help", name,
			  hint);
		return NULL;
	}
	if (near)
		error_set(err, -EINVAL, "unknown verb \"%s\" (did you mean %s?); see centerctl --help", name, near);
	else
		error_set(err, -EINVAL, "unknown verb \"%s\"; see centerctl --help", name);
	return NULL;
}

int cmd_check_operands(const struct cmd *cmd, int count, struct error *err)
{
	if (count < cmd->min_operands)
		return error_set(err, -EINVAL, "%s needs more words: centerctl %s %s; see centerctl %s --help",
				 cmd->name, cmd->name, cmd->usage, cmd->name);
	if (cmd->max_operands >= 0 && count > cmd->max_operands)
		return error_set(err, -EINVAL, "%s takes fewer words: centerctl %s %s; see centerctl %s --help",
				 cmd->name, cmd->name, cmd->usage, cmd->name);
	return 0;
}

struct plain {
	bool help;
};

const struct option_def cmd_plain_options[] = {
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct plain, help)},
	{0},
};

int cmd_parse_plain(const struct cmd *cmd, int argc, char **argv, int *ret_exit)
{
	struct error err;
	struct plain o = {0};
	int first = option_parse(cmd->options, cmd->name, &o, argc, argv, &err);
	if (first >= 0 && o.help) {
		*ret_exit = help_print_cmd(cmd, stdout);
		return -1;
	}
	if (first < 0 || cmd_check_operands(cmd, argc - first, &err) < 0) {
		*ret_exit = report_error(&err);
		return -1;
	}
	return first;
}

/* SPDX-License-Identifier: ISC */
/* The verbs of centerctl: the table drives dispatch, arity and help. A new verb is a file, and a line in cmd.c. */
#ifndef CENTERCTL_CMD_H
#define CENTERCTL_CMD_H

#include <stdio.h>

#include "lib/base/error.h"
#include "lib/client/option.h"

struct cmd {
	const char *name;
	const char *usage; /* what follows the verb */
	const char *summary;
	int min_operands, max_operands; /* max -1: no limit */
	bool has_words; /* the first operand is one of a few words, with a help of its own: policy check */
	const struct option_def *options;
	const char *notes; /* paragraphs below the options in --help; may be NULL */
	/* argv[0] is the verb. Returns the exit code. */
	int (*run)(const struct cmd *self, int argc, char **argv);
};

extern const struct cmd cmd_audit, cmd_backup, cmd_cp, cmd_restore, cmd_debug, cmd_dial, cmd_forward, cmd_sftp,
	cmd_diff, cmd_doctor, cmd_end, cmd_exec, cmd_help, cmd_keys, cmd_logs, cmd_ls, cmd_policy, cmd_replay,
	cmd_sessions, cmd_shell, cmd_show, cmd_signal, cmd_stats, cmd_toolbox, cmd_top, cmd_version, cmd_wait,
	cmd_watch, cmd_which;

/* NULL-terminated, in the order in which help shows them. */
extern const struct cmd *const cmd_table[];

/* The verb, or NULL with an error that suggests the nearest. */
const struct cmd *cmd_find(const char *name, struct error *err);

/* 0, or -EINVAL when the verb does not take so many operands. */
int cmd_check_operands(const struct cmd *cmd, int count, struct error *err);

/*
 * For a verb whose only option is --help: the index of its first operand; or -1 when all is done already, with the
 * exit code in *ret_exit.
 */
extern const struct option_def cmd_plain_options[];
int cmd_parse_plain(const struct cmd *cmd, int argc, char **argv, int *ret_exit);

/* The list of verbs, and one verb's help. Both return an exit code, after making sure that all was written. */
int help_print_verbs(FILE *to);
int help_print_cmd(const struct cmd *cmd, FILE *to);

#endif

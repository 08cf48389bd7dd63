/* SPDX-License-Identifier: ISC */
/*
 * What the options of `exec` do, which `debug` and `shell` have too: the setters, and the rows of an option table. The
 * setters change nothing but the struct exec_options that they are given.
 */
#ifndef CENTERCTL_CLIENT_EXEC_SETTERS_H
#define CENTERCTL_CLIENT_EXEC_SETTERS_H

#include "exec_options.h"
#include "lib/base/error.h"

/* Stores a copy; the last of several counts. `option` is what an error calls it. */
int exec_set_word(char **to, const char *option, const char *value, struct error *err);

int exec_set_tty(void *options, const char *value, struct error *err);
int exec_set_no_tty(void *options, const char *value, struct error *err);
int exec_set_interactive(void *options, const char *value, struct error *err);
int exec_set_no_stdin(void *options, const char *value, struct error *err);
int exec_set_user(void *options, const char *value, struct error *err);
int exec_set_group_add(void *options, const char *value, struct error *err);
int exec_set_workdir(void *options, const char *value, struct error *err);
int exec_set_env(void *options, const char *value, struct error *err);
int exec_set_env_file(void *options, const char *value, struct error *err);
int exec_set_detach_keys(void *options, const char *value, struct error *err);
int exec_set_pid_file(void *options, const char *value, struct error *err);
int exec_set_cap_add(void *options, const char *value, struct error *err);
int exec_set_preserve_fds(void *options, const char *value, struct error *err);
int exec_set_ns(void *options, const char *value, struct error *err);
int exec_set_timeout(void *options, const char *value, struct error *err);
int exec_set_engine(void *options, const char *value, struct error *err);

/* Rows of an option table: how a command is run. */
#define EXEC_ROWS_COMMAND                                                                                             \
	{'t', "tty", NULL, "Give the command a terminal (default: if stdin and stdout are ones)", exec_set_tty},      \
		{'T', "no-tty", NULL, "Give it none", exec_set_no_tty},                                               \
		{'i', "interactive", NULL, "Connect stdin (this is the default)", exec_set_interactive},              \
		{'n', "no-stdin", NULL, "Leave stdin alone: the command reads from /dev/null", exec_set_no_stdin},    \
		{'u', "user", "USER[:GROUP]", "Run as this user of the container, by name or number", exec_set_user}, \
		{0, "group-add", "GROUP", "A further group of the container", exec_set_group_add},                    \
		{'w', "workdir", "DIR", "Working directory inside the container", exec_set_workdir},                  \
		{'e', "env", "NAME[=VALUE]", "Set a variable, or pass the caller's on", exec_set_env},                \
		{0, "env-file", "FILE", "Set the variables that a file lists", exec_set_env_file},                    \
		{'d', "detach", NULL, "Leave the command running in the background",                                  \
		 OPTION_SWITCH(struct exec_options, request.detach)},                                                 \
		{0, "detach-keys", "KEYS", "Keys that leave a session, as ctrl-p,ctrl-q (default: none)",             \
		 exec_set_detach_keys},                                                                               \
		{0, "pid-file", "FILE", "Write the command's process number on this host to a file",                  \
		 exec_set_pid_file},                                                                                  \
		{0, "privileged", NULL, "All capabilities", OPTION_SWITCH(struct exec_options, request.privileged)},  \
		{0, "cap-add", "CAP[,CAP...]", "Further capabilities, or ALL", exec_set_cap_add},                     \
		{0, "preserve-fds", "N", "Hand descriptors 3 to N+2 to the command (dangerous)",                      \
		 exec_set_preserve_fds},                                                                              \
		{0, "ns", "LIST", "Namespaces to enter: all, all,-net or mnt,pid (default: all)", exec_set_ns},       \
		{0, "timeout", "DURATION", "End the command after this time, with exit code 124", exec_set_timeout},  \
	{                                                                                                             \
		0, "show", NULL, "Show what would be entered, and enter nothing",                                     \
			OPTION_SWITCH(struct exec_options, show)                                                      \
	}

/* The rows that end every such table. */
#define EXEC_ROWS_END                                                                            \
	{'H', "engine", "URL", "The engine that runs the container", exec_set_engine},           \
		{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct exec_options, help)}, \
	{                                                                                        \
		0                                                                                \
	}

#endif

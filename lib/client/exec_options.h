/* SPDX-License-Identifier: ISC */
/* The options of `centerctl exec`, and of `centerctl shell`, which has the same. */
#ifndef CENTERCTL_CLIENT_EXEC_OPTIONS_H
#define CENTERCTL_CLIENT_EXEC_OPTIONS_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/proto/request.h"
#include "option.h"

enum choice { CHOICE_NONE = 0, CHOICE_YES, CHOICE_NO };

/* cp's alone (copy_options.h): the ends. */
struct copy {
	bool archive, follow, quiet;
	char *from, *to;		   /* on this side; NULL: in a container */
	char *second_target, *second_path; /* the other container, if both are in one */
};

struct exec_options {
	/*
	 * What centerctl-enter is to be told, as far as the command line alone says it: neither the environment, nor
	 * the engine, nor anything about the terminal is in it yet.
	 */
	struct request request;
	char **env;	  /* --env, as typed and in order */
	char **env_files; /* --env-file, in order */
	enum choice tty, stdin_open;
	char *pid_file;
	char *engine; /* --engine; NULL: not given */
	bool show, json, help;
	/* debug's alone (debug_options.h) */
	char *output;	 /* --output: a file on the caller's side, or "-"; NULL: not given */
	char *gdbserver; /* --gdbserver: a port or "stdio", which is the command already; NULL: not given */
	struct copy copy;
};

void exec_options_done(struct exec_options *o);
#define cleanup_exec_options __attribute__((cleanup(exec_options_done)))

extern const struct option_def exec_option_table[];

/*
 * Reads argv[1..]: options, target, command. Has no side effects: it opens and prints nothing. With --help nothing else
 * is looked at. Zero-initialised *o is filled; 0, -EINVAL, -ERANGE, -E2BIG or -ENOMEM.
 */
int exec_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);

/* The same for `shell`: exec's options and a target. */
int shell_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);

/* For parsers of more options: which of exec's contradict each other; the target; the command, if there is a word. */
int exec_options_check(const struct exec_options *o, struct error *err);
int exec_options_set_target(struct exec_options *o, const char *word, struct error *err);
int exec_options_set_command(struct exec_options *o, char *const words[], struct error *err);

#endif

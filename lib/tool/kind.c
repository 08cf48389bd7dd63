/* SPDX-License-Identifier: ISC */
#include "kind.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* How a tool reads its options. */
struct grammar {
	const char *shorts;	   /* the letters that take a value */
	const char *const *valued; /* the long options whose value may be the next word */
	bool one_dash;		   /* -pid is --pid, and there are no clusters of letters */
	bool permutes;		   /* options after operands are options */
	const char *stop;	   /* all after this option is somebody else's */
};

static const char *const gdb_valued[] = {"b",
					 "baud",
					 "c",
					 "cd",
					 "command",
					 "core",
					 "d",
					 "D",
					 "data-directory",
					 "directory",
					 "e",
					 "eix",
					 "eiex",
					 "ex",
					 "exec",
					 "i",
					 "iex",
					 "ix",
					 "l",
					 "p",
					 "pid",
					 "s",
					 "se",
					 "symbols",
					 "tty",
					 "ui",
					 "x",
					 "eval-command",
					 "init-command",
					 "interpreter",
					 "init-eval-command",
					 "early-init-command",
					 "early-init-eval-command",
					 NULL};
static const char *const strace_valued[] = {"abbrev",
					    "argv0",
					    "attach",
					    "columns",
					    "const-print-style",
					    "detach-on",
					    "env",
					    "fault",
					    "inject",
					    "interruptible",
					    "kvm",
					    "output",
					    "raw",
					    "read",
					    "signal",
					    "status",
					    "string-limit",
					    "summary-columns",
					    "summary-sort-by",
					    "summary-syscall-overhead",
					    "syscall-limit",
					    "trace",
					    "trace-path",
					    "user",
					    "verbose",
					    "write",
					    NULL};
static const char *const ltrace_valued[] = {"align", "config", "debug", "indent", "library", "output", NULL};
static const char *const gdbserver_valued[] = {"wrapper", "debug-file", NULL};
static const char *const none[] = {NULL};

static const struct grammar grammars[] = {
	[TOOL_OTHER] = {"", none, false, false, NULL},
	[TOOL_GDB] = {"", gdb_valued, true, true, "args"},
	[TOOL_STRACE] = {"abeEIoOpPsSuUX", strace_valued, false, false, NULL},
	[TOOL_LTRACE] = {"aADeFlnopsuwxX", ltrace_valued, false, false, NULL},
	[TOOL_GCORE] = {"o", none, false, false, NULL},
	[TOOL_GDBSERVER] = {"", gdbserver_valued, false, false, NULL},
};

enum tool_kind tool_kind_of(const char *name)
{
	static const struct {
		const char *name;
		enum tool_kind kind;
	} known[] = {{"gdb", TOOL_GDB},	    {"gdb-multiarch", TOOL_GDB},  {"gdb-minimal", TOOL_GDB},
		     {"gdbtui", TOOL_GDB},  {"strace", TOOL_STRACE},	  {"ltrace", TOOL_LTRACE},
		     {"gcore", TOOL_GCORE}, {"gdbserver", TOOL_GDBSERVER}};
	const char *slash = strrchr(name, '/');
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(slash ? slash + 1 : name, known[i].name))
			return known[i].kind;
	return TOOL_OTHER;
}

static void note_pids(struct tool_use *use, const char *value)
{
	static const char separators[] = ", \t\n";
	use->names_pid = true;
	while (*value) {
		size_t len = strcspn(value, separators);
		char word[16];
		uint64_t pid;
		if (len > 0 && len < sizeof(word)) {
			memcpy(word, value, len);
			word[len] = '\0';
			if (parse_u64(word, INT_MAX, &pid) == 0 && pid > 0 && use->pid_count < TOOL_PIDS_MAX)
				use->pids[use->pid_count++] = (pid_t)pid;
		}
		value += len;
		value += strspn(value, separators);
	}
}

static void note_operand(enum tool_kind kind, struct tool_use *use, const char *word)
{
	if (use->operands++ == 0)
		use->operand = word;
	/* gdb PROGRAM PID. */
	if (kind == TOOL_GDB && use->operands == 2) {
		if (is_digits(word))
			note_pids(use, word);
		else
			use->names_core = true;
	}
}

/* name is len long; value may be NULL if there is none. */
static void note_option(enum tool_kind kind, struct tool_use *use, const char *name, size_t len, const char *value)
{
	char word[32];
	if (len == 0 || len >= sizeof(word))
		return;
	memcpy(word, name, len);
	word[len] = '\0';
	bool traces = kind == TOOL_STRACE || kind == TOOL_LTRACE;
	if (value && ((kind == TOOL_GDB && (str_eq(word, "p") || str_eq(word, "pid"))) ||
		      (traces && (str_eq(word, "p") || str_eq(word, "attach")))))
		note_pids(use, value);
	if (kind == TOOL_GDB && (str_eq(word, "c") || str_eq(word, "core")))
		use->names_core = true;
	if (kind == TOOL_STRACE && (str_eq(word, "output-separately") || (str_eq(word, "f") && use->follows++ > 0)))
		use->one_file_each = true;
	if (kind == TOOL_GCORE && str_eq(word, "a"))
		use->all_memory = true;
	if (kind != TOOL_GDB && value && (str_eq(word, "o") || str_eq(word, "output")))
		use->output = value;
}

/* -abcVALUE, or -abc VALUE. Returns how many words beyond this one it took. */
static size_t look_at_cluster(enum tool_kind kind, const struct grammar *g, char *const *at, struct tool_use *use)
{
	for (const char *letter = *at + 1; *letter; letter++) {
		if (!strchr(g->shorts, *letter)) {
			note_option(kind, use, letter, 1, NULL);
			continue;
		}
		if (letter[1]) {
			note_option(kind, use, letter, 1, letter + 1);
			return 0;
		}
		note_option(kind, use, letter, 1, at[1]);
		return at[1] ? 1 : 0;
	}
	return 0;
}

/* --name, --name=VALUE, or --name VALUE. */
static size_t look_at_long(enum tool_kind kind, const struct grammar *g, char *const *at, struct tool_use *use)
{
	const char *name = *at + ((*at)[1] == '-' ? 2 : 1);
	size_t len = strcspn(name, "=");
	if (name[len] == '=') {
		note_option(kind, use, name, len, name + len + 1);
		return 0;
	}
	bool valued = strv_has((char *const *)g->valued, name);
	note_option(kind, use, name, len, valued ? at[1] : NULL);
	return valued && at[1] ? 1 : 0;
}

/* gdbserver [OPTIONS] --attach COMM PID. */
static void look_at_gdbserver(char *const *argv, struct tool_use *use)
{
	size_t count = strv_len(argv);
	if (count >= 4 && strv_has(argv, "--attach") && is_digits(argv[count - 1]))
		note_pids(use, argv[count - 1]);
}

void tool_look(enum tool_kind kind, char *const *argv, struct tool_use *ret)
{
	const struct grammar *g = &grammars[kind];
	*ret = (struct tool_use){0};
	if (kind == TOOL_OTHER)
		return;
	bool operands_only = false;
	for (char *const *at = argv + 1; *at; at++) {
		const char *word = *at;
		if (operands_only || word[0] != '-' || !word[1]) {
			note_operand(kind, ret, word);
			operands_only = operands_only || !g->permutes;
		} else if (str_eq(word, "--")) {
			operands_only = true;
		} else if (g->stop && str_eq(word + (word[1] == '-' ? 2 : 1), g->stop)) {
			break;
		} else if (g->one_dash || word[1] == '-') {
			at += look_at_long(kind, g, at, ret);
		} else {
			at += look_at_cluster(kind, g, at, ret);
		}
	}
	if (kind == TOOL_GDBSERVER)
		look_at_gdbserver(argv, ret);
}

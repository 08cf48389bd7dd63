/* SPDX-License-Identifier: ISC */
#include "rewrite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* Appends words up to NULL. */
static int add_all(char ***v, const char *const *words)
{
	int r = 0;
	for (; *words && r == 0; words++)
		r = strv_add(v, *words);
	return r;
}
#define ADD(v, ...) add_all(v, (const char *const[]){__VA_ARGS__, NULL})

static int add_pid(char ***v, pid_t pid)
{
	char number[16];
	snprintf(number, sizeof(number), "%d", pid);
	return ADD(v, "-p", number);
}

/* gdb splits the words of a command at spaces, and directories at ':'; a backslash keeps a character what it is. */
static int add_source(char ***v, const char *source)
{
	cleanup_buf struct buf line = {0};
	buf_puts(&line, "directory ");
	for (const char *c = source; *c; c++) {
		if (*c == ':' || (unsigned char)*c < ' ' || *c == 0x7f)
			return -EINVAL;
		if (strchr(" \\\"'", *c))
			buf_puts(&line, "\\");
		buf_add(&line, c, 1);
	}
	return line.failed ? -ENOMEM : ADD(v, "-iex", buf_text(&line));
}

static int add_solib_path(char ***v, const char *path)
{
	cleanup_buf struct buf line = {0};
	buf_printf(&line, "set solib-search-path %s", path);
	return line.failed ? -ENOMEM : ADD(v, "-iex", buf_text(&line));
}

/*
 * -nx: no .gdbinit of anybody, and with it not the one below /etc, which says the same as /.centerctl/gdbinit. What is
 * set before the first file is opened cannot come too late.
 */
static int rewrite_gdb(const struct tool_use *use, const struct rewrite *how, char ***v)
{
	int r = ADD(v, "-nx", "-q", "-iex", "set auto-load off", "-ix", "/.centerctl/gdbinit");
	if (r == 0 && !how->tty)
		r = ADD(v, "-iex", "set confirm off", "-iex", "set pagination off", "-iex", "set height 0", "-iex",
			"set width 0", "-iex", "set prompt");
	if (r == 0 && how->solib_path)
		r = add_solib_path(v, how->solib_path);
	if (r == 0 && how->source)
		r = add_source(v, how->source);
	if (r == 0 && how->program && use->operands == 0)
		r = ADD(v, "-se", how->program);
	if (r == 0 && how->pid > 0 && !use->names_pid && !use->names_core)
		r = add_pid(v, how->pid);
	return r;
}

static int rewrite_tracer(const struct tool_use *use, const struct rewrite *how, char ***v)
{
	int r = 0;
	if (how->trace_to && !use->output)
		r = ADD(v, "-o", how->trace_to);
	if (r == 0 && how->pid > 0 && !use->names_pid)
		r = add_pid(v, how->pid);
	return r;
}

int rewrite_command(enum tool_kind kind, char *const *argv, const struct tool_use *use, const struct rewrite *how,
		    char ***ret)
{
	cleanup_strv char **v = NULL;
	int r = strv_add(&v, argv[0]);
	if (r == 0 && kind == TOOL_GDB)
		r = rewrite_gdb(use, how, &v);
	if (r == 0 && (kind == TOOL_STRACE || kind == TOOL_LTRACE))
		r = rewrite_tracer(use, how, &v);
	for (char *const *word = argv + 1; *word && r == 0; word++)
		r = strv_add(&v, *word);
	if (r == 0 && kind == TOOL_GCORE && how->pid > 0 && use->operands == 0) {
		char number[16];
		snprintf(number, sizeof(number), "%d", how->pid);
		r = strv_add(&v, number);
	}
	if (r == 0)
		*ret = steal_ptr(v);
	return r;
}

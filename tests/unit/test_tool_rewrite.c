/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/tool/options.h"
#include "lib/tool/rewrite.h"

/* The words of a command, split at '|' since gdb's have spaces. */
static char **words(const char *text)
{
	char **v = NULL;
	char *copy = strdup(text), *rest = NULL;
	for (char *word = strtok_r(copy, "|", &rest); word; word = strtok_r(NULL, "|", &rest))
		assert_int_equal(strv_add(&v, word), 0);
	free(copy);
	return v;
}

static void expect(const char *typed, const struct rewrite *how, const char *want)
{
	cleanup_strv char **argv = words(typed), **got = NULL;
	cleanup_buf struct buf joined = {0};
	enum tool_kind kind = tool_kind_of(argv[0]);
	struct tool_use use;
	tool_look(kind, argv, &use);
	assert_int_equal(rewrite_command(kind, argv, &use, how, &got), 0);
	for (char **word = got; *word; word++)
		buf_printf(&joined, "%s%s", word == got ? "" : "|", *word);
	assert_string_equal(buf_text(&joined), want);
}

#define SAFE "-nx|-q|-iex|set auto-load off|-ix|/.centerctl/gdbinit"
#define MUTE "-iex|set confirm off|-iex|set pagination off|-iex|set height 0|-iex|set width 0|-iex|set prompt"

static void gdb_runs_nothing_of_the_container_and_asks_nobody(void **state)
{
	(void)state;
	expect("gdb|-p|1", &(struct rewrite){.tty = true}, "gdb|" SAFE "|-p|1");
	expect("gdb|-p|1|-batch|-ex|bt", &(struct rewrite){0}, "gdb|" SAFE "|" MUTE "|-p|1|-batch|-ex|bt");
	expect("/usr/bin/gdb-multiarch", &(struct rewrite){.tty = true}, "/usr/bin/gdb-multiarch|" SAFE);
}

static void gdb_is_told_what_it_was_not_told(void **state)
{
	(void)state;
	const struct rewrite how = {.tty = true,
				    .pid = 7,
				    .source = "/source/my app",
				    .solib_path = "/target/opt",
				    .program = "/proc/7/exe"};
	expect("gdb|-ex|bt", &how,
	       "gdb|" SAFE
	       "|-iex|set solib-search-path /target/opt|-iex|directory /source/my\\ app|-se|/proc/7/exe|-p|7|"
	       "-ex|bt");
	const struct rewrite pid = {.tty = true, .pid = 7};
	static const char *const told[] = {"-p|1",	 "-p=1",    "-pid|1",	"--pid|1",   "--pid=1",
					   "prog|1",	 "-c|core", "--core=x", "prog|core", "-batch|prog|--pid|3",
					   "-ex|-p|-p|1"};
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		char typed[128], want[256];
		snprintf(typed, sizeof(typed), "gdb|%s", told[i]);
		snprintf(want, sizeof(want), "gdb|" SAFE "|%s", told[i]);
		expect(typed, &pid, want);
	}
	static const char *const not_told[] = {"prog", "-ex|-p", "--args|prog|-p|1", "-iex|--pid=3", "-tty|/dev/pts/1"};
	for (size_t i = 0; i < ARRAY_SIZE(not_told); i++) {
		char typed[128], want[256];
		snprintf(typed, sizeof(typed), "gdb|%s", not_told[i]);
		snprintf(want, sizeof(want), "gdb|" SAFE "|-p|7|%s", not_told[i]);
		expect(typed, &pid, want);
	}
}

static void a_source_is_one_directory_whatever_its_name(void **state)
{
	(void)state;
	cleanup_strv char **argv = words("gdb"), **got = NULL;
	struct tool_use use;
	tool_look(TOOL_GDB, argv, &use);
	expect("gdb", &(struct rewrite){.tty = true, .source = "/a\"b\\c'd"},
	       "gdb|" SAFE "|-iex|directory /a\\\"b\\\\c\\'d");
	assert_int_equal(rewrite_command(TOOL_GDB, argv, &use, &(struct rewrite){.source = "/a:/b"}, &got), -EINVAL);
	assert_int_equal(rewrite_command(TOOL_GDB, argv, &use, &(struct rewrite){.source = "/a\nshell id"}, &got),
			 -EINVAL);
	assert_null(got);
}

static void strace_attaches_and_collects_unless_told(void **state)
{
	(void)state;
	const struct rewrite how = {.pid = 7, .trace_to = "/proc/self/fd/1"};
	expect("strace|-f|-c", &how, "strace|-o|/proc/self/fd/1|-p|7|-f|-c");
	expect("strace|-fcp1", &how, "strace|-o|/proc/self/fd/1|-fcp1");
	expect("strace|-fp|1", &how, "strace|-o|/proc/self/fd/1|-fp|1");
	expect("strace|--attach=1|--output=x", &how, "strace|--attach=1|--output=x");
	expect("strace|--attach|1|-fox", &how, "strace|--attach|1|-fox");
	expect("ltrace|-f", &how, "ltrace|-o|/proc/self/fd/1|-p|7|-f");
	/* What belongs to the program that is started is not the tool's. */
	expect("strace|ls|-p|1|-o|x", &how, "strace|-o|/proc/self/fd/1|-p|7|ls|-p|1|-o|x");
	expect("strace|-e|-o|ls", &how, "strace|-o|/proc/self/fd/1|-p|7|-e|-o|ls");
	expect("lsof|-p|1", &how, "lsof|-p|1");
}

static void pids_are_found_where_the_tools_look_for_them(void **state)
{
	(void)state;
	static const struct {
		const char *typed;
		size_t count;
		pid_t last;
	} cases[] = {{"strace|-p|1,2 3", 3, 3},	  {"strace|-p|x", 0, 0}, {"strace|-p|99999999999", 0, 0},
		     {"gdb|--pid=5", 1, 5},	  {"gdb|prog|8", 1, 8},	 {"gdbserver|--attach|:1|9", 1, 9},
		     {"gdbserver|:1|prog", 0, 0}, {"strace|-p0", 0, 0},	 {"gdb|-p", 0, 0},
		     {"strace|-p", 0, 0}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_strv char **argv = words(cases[i].typed);
		struct tool_use use;
		tool_look(tool_kind_of(argv[0]), argv, &use);
		assert_int_equal(use.pid_count, cases[i].count);
		if (use.pid_count > 0)
			assert_int_equal(use.pids[use.pid_count - 1], cases[i].last);
	}
}

static void a_file_for_each_process_is_noticed(void **state)
{
	(void)state;
	static const struct {
		const char *typed;
		bool each;
	} cases[] = {{"strace|-f", false},    {"strace|-ff", true},
		     {"strace|-f|-cf", true}, {"strace|--output-separately", true},
		     {"ltrace|-ff", false},   {"strace|-f|ls|-f", false}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_strv char **argv = words(cases[i].typed);
		struct tool_use use;
		tool_look(tool_kind_of(argv[0]), argv, &use);
		assert_int_equal(use.one_file_each, cases[i].each);
	}
}

static void gcore_says_what_it_was_told(void **state)
{
	(void)state;
	cleanup_strv char **argv = words("gcore|-a|-o|-|12");
	struct tool_use use;
	tool_look(TOOL_GCORE, argv, &use);
	assert_true(use.all_memory);
	assert_string_equal(use.output, "-");
	assert_string_equal(use.operand, "12");
	expect("gcore|-o|/tmp/core", &(struct rewrite){.pid = 3}, "gcore|-o|/tmp/core|3");
	expect("gcore|-o|/tmp/core|4", &(struct rewrite){.pid = 3}, "gcore|-o|/tmp/core|4");
}

static void options_are_those_of_this_installation(void **state)
{
	(void)state;
	struct tool_options o;
	struct error err;
	cleanup_strv char **all = words("--target=web|--toolbox=c|--pid=x|--source=/s|--tty|--collecting|--|gdb|--tty");
	assert_int_equal(tool_options_parse(all, &o, &err), 0);
	assert_string_equal(o.target, "web");
	assert_string_equal(o.source, "/s");
	assert_true(o.tty && o.collecting);
	assert_string_equal(o.command[0], "gdb");
	assert_string_equal(o.command[1], "--tty");
	cleanup_strv char **bare = words("--target=web");
	assert_int_equal(tool_options_parse(bare, &o, &err), 0);
	assert_null(o.command[0]);
	static const char *const wrong[] = {"--new",	   "--pid=",	      "--pid", "--tty=1",
					    "--tty|--tty", "--pid=1|--pid=2", "gdb"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		cleanup_strv char **v = words(wrong[i]);
		assert_int_equal(tool_options_parse(v, &o, &err), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(gdb_runs_nothing_of_the_container_and_asks_nobody),
		IT(gdb_is_told_what_it_was_not_told),
		IT(a_source_is_one_directory_whatever_its_name),
		IT(strace_attaches_and_collects_unless_told),
		IT(pids_are_found_where_the_tools_look_for_them),
		IT(a_file_for_each_process_is_noticed),
		IT(gcore_says_what_it_was_told),
		IT(options_are_those_of_this_installation),
	};
	return RUN(tests);
}

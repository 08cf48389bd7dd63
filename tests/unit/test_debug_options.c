/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/client/debug_options.h"

#define W(text) ((char *)(text))

static int parse(struct exec_options *o, struct error *err, char *const argv[])
{
	int argc = 0;
	exec_options_done(o);
	while (argv[argc])
		argc++;
	return debug_options_parse(o, argc, argv, err);
}
#define WORDS(...) ((char *[]){W("debug"), __VA_ARGS__, NULL})

static void taken(struct exec_options *o, char *const argv[])
{
	struct error err;
	if (parse(o, &err, argv) < 0)
		fail_msg("%s", err.text);
}

static void refused(const char *words, char *const argv[])
{
	struct error err = ERROR_INIT;
	cleanup_exec_options struct exec_options o = {0};
	assert_true(parse(&o, &err, argv) < 0);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void assert_command(const struct exec_options *o, const char *text)
{
	char joined[256] = "";
	for (char **word = o->request.command; word && *word; word++)
		strcat(strcat(joined, *word), "|");
	assert_string_equal(joined, text);
}

static void a_full_line_fills_everything(void **state)
{
	(void)state;
	cleanup_exec_options struct exec_options o = {0};
	taken(&o, WORDS(W("--toolbox=tools.1"), W("--rw"), W("-u0"), W("web"), W("--pid"), W("nginx"), W("-o"), W("f"),
			W("--source=/target/src"), W("--timeout=2s"), W("--json"), W("gdb"), W("-p"), W("1")));
	const struct request *r = &o.request;
	assert_int_equal(r->verb, VERB_EXEC);
	assert_int_equal(r->ns, NS_ALL);
	assert_true(r->debug && r->writable && r->collecting && o.json);
	assert_false(r->fallback);
	assert_string_equal(r->target, "web");
	assert_string_equal(r->toolbox, "tools.1");
	assert_string_equal(r->user, "0");
	assert_string_equal(r->pid, "nginx");
	assert_string_equal(r->source, "/target/src");
	assert_string_equal(o.output, "f");
	assert_int_equal(r->timeout_ms, 2000);
	assert_int_equal(o.tty, CHOICE_NO);
	assert_command(&o, "gdb|-p|1|");
}

static void options_end_with_the_command_or_two_dashes(void **state)
{
	(void)state;
	cleanup_exec_options struct exec_options o = {0};
	taken(&o, WORDS(W("web"), W("gdb"), W("--pid"), W("1")));
	assert_command(&o, "gdb|--pid|1|");
	assert_null(o.request.pid);
	taken(&o, WORDS(W("web"), W("--pid"), W("1"), W("--"), W("--odd"), W("--")));
	assert_command(&o, "--odd|--|");
	assert_string_equal(o.request.pid, "1");
	taken(&o, WORDS(W("--"), W("web"), W("-x"), W("y")));
	assert_string_equal(o.request.target, "web");
	assert_command(&o, "-x|y|");
	taken(&o, WORDS(W("--"), W("web"), W("--"), W("-x")));
	assert_command(&o, "-x|");
	/* The value of an option is no end of options. */
	taken(&o, WORDS(W("--user"), W("--"), W("web"), W("-t")));
	assert_string_equal(o.request.user, "--");
	assert_int_equal(o.tty, CHOICE_YES);
	taken(&o, WORDS(W("web"), W("--help")));
	assert_true(o.help);
}

static void a_process_of_the_host_stands_for_its_container(void **state)
{
	(void)state;
	cleanup_exec_options struct exec_options o = {0};
	taken(&o, WORDS(W("--host-pid"), W("4711"), W("gdb"), W("-batch")));
	assert_null(o.request.target);
	assert_int_equal(o.request.host_pid, 4711);
	assert_command(&o, "gdb|-batch|");
	taken(&o, WORDS(W("--host-pid=1"), W("--"), W("-x")));
	assert_command(&o, "-x|");
	refused("no TARGET stands beside it", WORDS(W("web"), W("--host-pid"), W("1")));
	refused("--host-pid and --pid", WORDS(W("--host-pid=1"), W("--pid=1")));
	refused("--host-pid 0", WORDS(W("--host-pid=0")));
}

static void gdbserver_is_a_command(void **state)
{
	(void)state;
	cleanup_exec_options struct exec_options o = {0};
	taken(&o, WORDS(W("web"), W("--gdbserver"), W("stdio"), W("--pid"), W("1")));
	assert_command(&o, "gdbserver|stdio|");
	assert_int_equal(o.tty, CHOICE_NO);
	taken(&o, WORDS(W("web"), W("--gdbserver=2345")));
	assert_command(&o, "gdbserver|2345|");
	for (char *const *bad = (char *const[]){W("0"), W("65536"), W(""), W("host:1"), W("stdioo"), NULL}; *bad; bad++)
		refused("neither a port", WORDS(W("web"), W("--gdbserver"), *bad));
	refused("gdbserver is the command", WORDS(W("web"), W("--gdbserver=1"), W("ls")));
	refused("gdb's protocol", WORDS(W("-t"), W("web"), W("--gdbserver=stdio")));
}

static void a_timeout_at_the_end_of_strace_is_ours(void **state)
{
	(void)state;
	cleanup_exec_options struct exec_options o = {0};
	taken(&o, WORDS(W("web"), W("strace"), W("-f"), W("-c"), W("-p"), W("1"), W("--timeout"), W("10s")));
	assert_command(&o, "strace|-f|-c|-p|1|");
	assert_int_equal(o.request.timeout_ms, 10000);
	taken(&o, WORDS(W("web"), W("--pid=1"), W("/usr/bin/strace"), W("--timeout"), W("1")));
	assert_command(&o, "/usr/bin/strace|");
	assert_int_equal(o.request.timeout_ms, 1000);
	/* Of a program that strace starts, or of another tool. */
	taken(&o, WORDS(W("web"), W("strace"), W("curl"), W("--timeout"), W("10s")));
	assert_command(&o, "strace|curl|--timeout|10s|");
	assert_int_equal(o.request.timeout_ms, 0);
	taken(&o, WORDS(W("web"), W("curl"), W("-p"), W("--timeout"), W("10s")));
	assert_int_equal(o.request.timeout_ms, 0);
	refused("stands twice", WORDS(W("--timeout=1"), W("web"), W("strace"), W("-p1"), W("--timeout"), W("10s")));
	refused("not a duration", WORDS(W("web"), W("strace"), W("-p1"), W("--timeout"), W("soon")));
	refused("contradict", WORDS(W("-d"), W("web"), W("strace"), W("-p1"), W("--timeout"), W("1")));
}

static void what_cannot_be_meant_together_is_refused(void **state)
{
	(void)state;
	refused("--static and --pid", WORDS(W("--static=busybox"), W("--pid=1"), W("web")));
	refused("--static and --toolbox", WORDS(W("--static=busybox"), W("--toolbox=x"), W("web")));
	refused("--static and --source", WORDS(W("--static=busybox"), W("--source=/target"), W("web")));
	refused("--static and --rw", WORDS(W("--static=busybox"), W("--rw"), W("web")));
	refused("--static and --gdbserver", WORDS(W("--static=busybox"), W("--gdbserver=1"), W("web")));
	refused("contradict -t", WORDS(W("--json"), W("-t"), W("web")));
	refused("contradict -t", WORDS(W("-o"), W("f"), W("-t"), W("web")));
	refused("contradict -d", WORDS(W("--json"), W("-d"), W("web")));
	refused("contradict -d", WORDS(W("-o"), W("f"), W("-d"), W("web")));
	refused("--show runs nothing", WORDS(W("-o"), W("f"), W("--show"), W("web")));
	refused("both are for stdout", WORDS(W("-o"), W("-"), W("--json"), W("web")));
	refused("-d (--detach) and --show", WORDS(W("-d"), W("--show"), W("web")));
	refused("debug needs a container", WORDS(W("--rw")));
}

static void values_are_read_strictly(void **state)
{
	(void)state;
	char long_name[66];
	memset(long_name, 'a', 65);
	long_name[65] = '\0';
	for (char *const *bad = (char *const[]){W(""), W("A"), W(".x"), W("-x"), W("a/b"), W("a b"), long_name, NULL};
	     *bad; bad++)
		refused("a toolbox's name", WORDS(W("web"), W("--toolbox"), *bad));
	assert_true(is_toolbox_name("0a._-"));
	assert_true(is_toolbox_name(long_name + 1));
	refused("--pid", WORDS(W("web"), W("--pid"), W("")));
	refused("--pid", WORDS(W("web"), W("--pid=0")));
	refused("--pid", WORDS(W("web"), W("--pid=-1")));
	refused("--pid", WORDS(W("web"), W("--pid=99999999999999999999")));
	refused("begins with /", WORDS(W("web"), W("--source=src")));
	refused("file's name is empty", WORDS(W("web"), W("-o"), W("")));
	refused("no container's name", WORDS(W("/web")));
}

static void a_shell_is_without_a_command(void **state)
{
	(void)state;
	struct error err;
	cleanup_exec_options struct exec_options o = {0};
	assert_int_equal(shell_options_parse(&o, 4, WORDS(W("-u"), W("app"), W("web")), &err), 0);
	assert_true(o.request.fallback);
	assert_false(o.request.debug);
	assert_null(o.request.command);
	exec_options_done(&o);
	assert_true(shell_options_parse(&o, 3, WORDS(W("web"), W("ls")), &err) < 0);
	assert_non_null(strstr(err.text, "shell takes no command"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_full_line_fills_everything),
		IT(options_end_with_the_command_or_two_dashes),
		IT(a_process_of_the_host_stands_for_its_container),
		IT(gdbserver_is_a_command),
		IT(a_timeout_at_the_end_of_strace_is_ours),
		IT(what_cannot_be_meant_together_is_refused),
		IT(values_are_read_strictly),
		IT(a_shell_is_without_a_command),
	};
	return RUN(tests);
}

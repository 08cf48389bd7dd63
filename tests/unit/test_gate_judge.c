/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/gate/judge.h"

static void judge(const char *line, const char *container, struct order *o)
{
	struct error err = ERROR_INIT;
	order_done(o);
	*o = (struct order){0};
	if (gate_judge(line, container, o, &err) < 0)
		fail_msg("%s: %s", line ? line : "(nothing typed)", err.text);
}

static void assert_command(const struct order *o, ...)
{
	va_list args;
	va_start(args, o);
	char *const *at = o->options.request.command;
	for (const char *word; (word = va_arg(args, const char *)); at++) {
		assert_non_null(at);
		assert_non_null(*at);
		assert_string_equal(*at, word);
	}
	assert_true(!at || !*at);
	va_end(args);
}

static const char *line_of(const struct order *o)
{
	return o->options.request.line ? o->options.request.line : "";
}

static void refused(const char *line, const char *container, const char *words)
{
	struct error err = ERROR_INIT;
	cleanup_order struct order o = {0};
	assert_true(gate_judge(line, container, &o, &err) < 0);
	if (!strstr(err.text, words))
		fail_msg("%s: \"%s\" does not say \"%s\"", line, err.text, words);
}

static void exec_speaks_the_language_of_centerctl(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	judge("exec -u app:adm -w /srv -eA=1 -e A=2 -t --timeout 2m web ps -u aux", NULL, &o);
	const struct request *r = &o.options.request;
	assert_int_equal(o.what, GATE_ENTER);
	assert_int_equal(r->verb, VERB_EXEC);
	assert_int_equal(r->ns, NS_ALL);
	assert_string_equal(r->target, "web");
	assert_string_equal(r->user, "app:adm");
	assert_string_equal(r->workdir, "/srv");
	assert_string_equal(r->env[0], "A=2");
	assert_null(r->env[1]);
	assert_int_equal(o.options.tty, CHOICE_YES);
	assert_int_equal(r->timeout_ms, 120000);
	assert_command(&o, "ps", "-u", "aux", NULL);
	assert_string_equal(line_of(&o), "");
	assert_false(r->line_first);
	judge("exec web", NULL, &o);
	assert_command(&o, NULL);
	judge("exec exec exec", NULL, &o);
	assert_string_equal(o.options.request.target, "exec");
	assert_command(&o, "exec", NULL);
	judge("exec --show --json web", NULL, &o);
	assert_int_equal(o.options.request.verb, VERB_SHOW);
}

static void what_exec_cannot_split_is_for_a_shell(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	judge("exec -u app web  ps aux | grep x ", NULL, &o);
	assert_string_equal(o.options.request.user, "app");
	assert_command(&o, NULL);
	assert_string_equal(line_of(&o), "ps aux | grep x ");
	assert_false(o.options.request.line_first);
	assert_non_null(strstr(o.hint, "the |"));
	judge("exec web -- echo a;id", NULL, &o);
	assert_string_equal(line_of(&o), "echo a;id");
	judge("exec -- web >x", NULL, &o);
	assert_string_equal(line_of(&o), ">x");
	judge("exec web echo \"$HOME\"", NULL, &o);
	assert_string_equal(line_of(&o), "echo \"$HOME\"");
	refused("exec web;id", NULL, "the ;");
	refused("exec -u app|x web", NULL, "the |");
	refused("exec $(id) web", NULL, "the $");
	refused("exec web echo 'a", NULL, "no end");
	refused("exec\nweb", NULL, "several lines");
}

static void two_dashes_end_options(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	judge("exec -- web -- ls --", NULL, &o);
	assert_string_equal(o.options.request.target, "web");
	assert_command(&o, "ls", "--", NULL);
	judge("exec web --", NULL, &o);
	assert_command(&o, NULL);
	refused("exec --", NULL, "needs a container");
	refused("exec -- -- web", NULL, "\"--\"");
	refused("-- web", NULL, "unknown option");
}

static void a_container_and_a_command(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	judge("web  ps 'a  b'", NULL, &o);
	assert_int_equal(o.what, GATE_ENTER);
	assert_int_equal(o.options.request.verb, VERB_EXEC);
	assert_int_equal(o.options.request.ns, NS_ALL);
	assert_string_equal(o.options.request.target, "web");
	assert_command(&o, "ps", "a  b", NULL);
	assert_string_equal(line_of(&o), "ps 'a  b'");
	assert_true(o.options.request.line_first);
	assert_string_equal(o.hint, "");
	judge("web ps | cat", NULL, &o);
	assert_command(&o, NULL);
	assert_string_equal(line_of(&o), "ps | cat");
	assert_true(*o.hint);
	judge("web", NULL, &o);
	assert_command(&o, NULL);
	assert_string_equal(line_of(&o), "");
	assert_false(o.options.request.line_first);
	judge("web exec ls", NULL, &o);
	assert_command(&o, "exec", "ls", NULL);
	judge("web -- ls", NULL, &o);
	assert_command(&o, "--", "ls", NULL);
	refused("we/b ls", NULL, "we/b");
	refused("%66oo ls", NULL, "%66oo");
	refused("'' ls", NULL, "is empty");
	refused("pid:1 ls", NULL, "pid:");
}

static void a_bound_session_has_no_verbs(void **state)
{
	(void)state;
	static const char *const lines[] = {"exec web id", "ls",       "help",	      "version",
					    "-x",	   "sftp web", "dial web 80", "pid:1"};
	cleanup_order struct order o = {0};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		judge(lines[i], "db", &o);
		assert_int_equal(o.what, GATE_ENTER);
		assert_string_equal(o.options.request.target, "db");
		assert_string_equal(line_of(&o), lines[i]);
		assert_true(o.options.request.line_first);
		assert_true(strv_len(o.options.request.command) > 0);
	}
	judge(NULL, "db", &o);
	assert_int_equal(o.what, GATE_ENTER);
	assert_command(&o, NULL);
	assert_string_equal(line_of(&o), "");
	judge("echo 'a", "db", &o);
	assert_command(&o, NULL);
	assert_string_equal(line_of(&o), "echo 'a");
	refused("a\x1b", "db", "control byte");
}

static void nothing_typed_is_a_choice(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	judge(NULL, NULL, &o);
	assert_int_equal(o.what, GATE_NOTHING);
	judge("", NULL, &o);
	assert_int_equal(o.what, GATE_NOTHING);
	judge(" \t", NULL, &o);
	assert_int_equal(o.what, GATE_NOTHING);
}

static void short_answers(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	static const struct {
		const char *line;
		enum gate_what what;
	} cases[] = {{"help", GATE_HELP},	 {"--help", GATE_HELP},	    {"-h", GATE_HELP},
		     {"exec --help", GATE_HELP}, {"version", GATE_VERSION}, {"--version", GATE_VERSION},
		     {"logs --help", GATE_HELP}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		judge(cases[i].line, NULL, &o);
		assert_int_equal(o.what, cases[i].what);
	}
	refused("version x", NULL, "version takes no more words");
	refused("help; id", NULL, "the ;");
	refused("logs", NULL, "a container of that name: exec logs");
	refused("which 1", NULL, "about the host; a container of that name: exec which");
	refused("toolbox ls", NULL, "about the host");
}

static void debug_speaks_the_language_of_centerctl(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	const struct request *r = &o.options.request;
	judge("debug -u 0 web --pid 1 --toolbox tools -e A=1 -- gdb -batch -ex 'thread apply all bt'", NULL, &o);
	assert_int_equal(o.what, GATE_ENTER);
	assert_int_equal(r->verb, VERB_EXEC);
	assert_true(r->debug);
	assert_false(r->fallback);
	assert_string_equal(r->target, "web");
	assert_string_equal(r->pid, "1");
	assert_string_equal(r->toolbox, "tools");
	assert_string_equal(r->env[0], "A=1");
	assert_command(&o, "gdb", "-batch", "-ex", "thread apply all bt", NULL);
	assert_string_equal(line_of(&o), "");
	judge("debug web --gdbserver stdio --pid 1", NULL, &o);
	assert_command(&o, "gdbserver", "stdio", NULL);
	judge("debug web", NULL, &o);
	assert_command(&o, NULL);
	judge("debug -o - --source /target/src web gcore -o - 1", NULL, &o);
	assert_true(r->collecting);
	judge("debug --help", NULL, &o);
	assert_int_equal(o.what, GATE_HELP);
	judge("debug --show --json web", NULL, &o);
	assert_int_equal(r->verb, VERB_SHOW);
	assert_true(r->debug);
}

static void what_is_debugged_with_goes_through_no_shell(void **state)
{
	(void)state;
	refused("debug web gdb -p 1 -ex bt; id", NULL, "debug goes through no shell: put the ; in single quotes");
	refused("debug web gdb -ex 'print x' >out", NULL, "the > in single quotes");
	refused("debug web gdb -ex 'print x", NULL, "has no end");
	refused("shell web | cat", NULL, "shell goes through no shell");
	cleanup_order struct order o = {0};
	judge("debug web gdb -ex 'print $pc'", NULL, &o);
	assert_command(&o, "gdb", "-ex", "print $pc", NULL);
}

static void shells_and_processes(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	judge("shell -u app web", NULL, &o);
	assert_int_equal(o.what, GATE_ENTER);
	assert_true(o.options.request.fallback);
	assert_false(o.options.request.debug);
	judge("web", NULL, &o);
	assert_true(o.options.request.fallback);
	judge("exec web", NULL, &o);
	assert_false(o.options.request.fallback);
	refused("shell web ls", NULL, "shell takes no command");
}

static const struct question *asked(const char *line, const char *verb, struct order *o)
{
	judge(line, NULL, o);
	assert_int_equal(o->what, GATE_ASK);
	assert_string_equal(o->verb->name, verb);
	assert_int_equal(o->question.request.verb, o->verb->verb);
	return &o->question;
}

static void questions_speak_the_language_of_centerctl(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	const struct question *q = asked("ls -aq --filter state=exited", "ls", &o);
	assert_true(q->quiet && q->filter.all && q->filter.states == 1u << STATE_EXITED);
	q = asked("top web --json", "top", &o);
	assert_true(q->json);
	assert_string_equal(q->request.target, "web");
	assert_int_equal(q->request.ns, NS_ALL);
	q = asked("logs -fn 5 web", "logs", &o);
	assert_true(q->request.watch);
	assert_int_equal(q->request.tail, 5);
	q = asked("signal -s hup web 7", "signal", &o);
	assert_int_equal(q->request.signal, 1);
	assert_string_equal(q->request.pid, "7");
	q = asked("wait --timeout 2s web db", "wait", &o);
	assert_string_equal(q->targets[1], "db");
	assert_int_equal(q->request.timeout_ms, 2000);
	asked("show web", "show", &o);
	asked("stats", "stats", &o);
	q = asked("diff web abc", "diff", &o);
	assert_string_equal(q->request.session, "abc");
}

/* The host's zone is none of the client's business, and its file is not opened. */
static void times_without_a_zone_are_utc(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	setenv("TZ", "XXX-5", 1);
	const struct question *q = asked("logs --since 1970-01-02 web", "logs", &o);
	unsetenv("TZ");
	assert_int_equal(q->request.since_ns, 86400LL * 1000000000);
}

static void copies_are_streams(void **state)
{
	(void)state;
	cleanup_order struct order o = {0};
	const struct request *r = &o.options.request;
	judge("cp web:/etc/hosts -", NULL, &o);
	assert_int_equal(o.what, GATE_ENTER);
	assert_int_equal(r->service, SERVICE_READ);
	assert_int_equal(o.options.tty, CHOICE_NO);
	judge("cp -u 0 - web:/srv", NULL, &o);
	assert_int_equal(r->service, SERVICE_WRITE);
	assert_string_equal(r->user, "0");
	refused("cp web:/etc/hosts hosts", NULL, "tar stream");
	refused("cp web:/a db:/b", NULL, "tar stream");
	refused("cp web:/etc/hosts - | cat", NULL, "single quotes");
}

static void what_is_the_hosts_is_refused(void **state)
{
	(void)state;
	refused("exec --env-file /etc/passwd web", NULL, "--env-file");
	refused("exec --env-file=x web env", NULL, "--env-file");
	refused("exec --pid-file /tmp/x web", NULL, "--pid-file");
	refused("exec -H unix:///x web", NULL, "--engine");
	refused("exec --engine tcp://127.0.0.1 web", NULL, "--engine");
	refused("exec --preserve-fds 3 web", NULL, "--preserve-fds");
	refused("exec -e SSH_CONNECTION web", NULL, "-e SSH_CONNECTION=VALUE");
	refused("exec pid:1 id", NULL, "pid:");
	refused("exec --no-such web", NULL, "--no-such");
	refused("-u app web", NULL, "behind exec");
	refused("debug --host-pid 1 id", NULL, "--host-pid");
	refused("debug -o /tmp/x web id", NULL, "-o (--output)");
	refused("debug --json web id", NULL, "--json");
	refused("debug --source /etc web gdb", NULL, "--source /etc");
	refused("debug --source /targets web gdb", NULL, "--source /targets");
	refused("debug --toolbox /srv web gdb", NULL, "--toolbox with a path");
	refused("debug --static /bin/busybox web", NULL, "--static with a path");
	refused("debug --env-file x web", NULL, "--env-file");
	refused("debug --preserve-fds 1 web", NULL, "--preserve-fds");
	refused("debug -H unix:///x web", NULL, "--engine");
	refused("debug pid:1 id", NULL, "pid:");
	refused("debug -e SSH_CONNECTION web", NULL, "-e SSH_CONNECTION=VALUE");
	static const char *const questions[] = {"ls", "show", "logs", "signal", "top", "stats", "wait", "diff"};
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		char line[64];
		snprintf(line, sizeof(line), "%s -H unix:///x%s", questions[i], i > 0 ? " web" : "");
		refused(line, NULL, "--engine");
		snprintf(line, sizeof(line), "%s pid:1", questions[i]);
		refused(line, NULL, i > 0 ? "pid: is not" : "exec ls");
	}
	refused("ls --as key:x", NULL, "--as");
	/* Refused too where a shell would read the rest. */
	refused("exec --pid-file /tmp/x web ls | cat", NULL, "--pid-file");
}

static void expect_sftp(const char *line, const char *container, const char *target, const char *option)
{
	cleanup_order struct order o = {0};
	judge(line, container, &o);
	assert_int_equal(o.what, GATE_ENTER);
	const struct request *r = &o.options.request;
	assert_int_equal(r->verb, VERB_EXEC);
	assert_int_equal(r->service, SERVICE_SFTP);
	assert_string_equal(r->target, target);
	assert_int_equal(strv_len(r->options), option ? 1 : 0);
	if (option)
		assert_string_equal(r->options[0], option);
}

static void the_subsystem_is_sftp_of_the_bound_container(void **state)
{
	(void)state;
	expect_sftp("internal-sftp", "web", "web", NULL);
	expect_sftp("/usr/lib/openssh/sftp-server", "web", "web", NULL);
	expect_sftp("/usr/libexec/openssh/sftp-server -l INFO", "web", "web", NULL);
	expect_sftp("internal-sftp -l INFO -R", "web", "web", "--read-only");
	static const char *const commands[] = {"sftp-server",	      "./sftp-server",	      "/sftp-servers",
					       "internal-sftp | cat", "/bin/sftp-server; id", "ls /sftp-server"};
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		cleanup_order struct order o = {0};
		judge(commands[i], "web", &o);
		assert_int_equal(o.options.request.service, SERVICE_NONE);
	}
}

static void the_subsystem_without_a_container_is_a_choice(void **state)
{
	(void)state;
	static const char *const lines[] = {"internal-sftp", "/usr/lib/openssh/sftp-server", "internal-sftp -R"};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		cleanup_order struct order o = {0};
		judge(lines[i], NULL, &o);
		assert_int_equal(o.what, GATE_SFTP);
	}
	cleanup_order struct order o = {0};
	judge("sftp-server", NULL, &o);
	assert_int_equal(o.what, GATE_ENTER);
	assert_int_equal(o.options.request.service, SERVICE_NONE);
}

static void sftp_takes_a_container_behind_a_slash(void **state)
{
	(void)state;
	expect_sftp("sftp web", NULL, "web", NULL);
	expect_sftp("sftp /web", NULL, "web", NULL);
	expect_sftp("sftp --read-only -u app -- /web /srv", NULL, "web", "--read-only");
	refused("sftp", NULL, "sftp takes");
	refused("sftp //web", NULL, "/web");
	refused("sftp /a/b", NULL, "a/b");
	refused("sftp /web /a /b", NULL, "sftp takes");
	refused("sftp pid:1", NULL, "pid:");
	refused("sftp /pid:1", NULL, "pid:");
	refused("sftp -H unix:///x web", NULL, "--engine");
	refused("sftp web; id", NULL, "no shell");
	refused("exec /web id", NULL, "/web");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(exec_speaks_the_language_of_centerctl),
		IT(what_exec_cannot_split_is_for_a_shell),
		IT(two_dashes_end_options),
		IT(a_container_and_a_command),
		IT(a_bound_session_has_no_verbs),
		IT(nothing_typed_is_a_choice),
		IT(short_answers),
		IT(debug_speaks_the_language_of_centerctl),
		IT(questions_speak_the_language_of_centerctl),
		IT(times_without_a_zone_are_utc),
		IT(copies_are_streams),
		IT(what_is_debugged_with_goes_through_no_shell),
		IT(shells_and_processes),
		IT(what_is_the_hosts_is_refused),
		IT(the_subsystem_is_sftp_of_the_bound_container),
		IT(the_subsystem_without_a_container_is_a_choice),
		IT(sftp_takes_a_container_behind_a_slash),
	};
	return RUN(tests);
}

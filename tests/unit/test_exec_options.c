/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/client/exec_options.h"
#include "lib/client/exec_values.h"

#define W(text) ((char *)(text))

static int parse(struct exec_options *o, struct error *err, char *const argv[])
{
	int argc = 0;
	while (argv[argc])
		argc++;
	return exec_options_parse(o, argc, argv, err);
}

static void a_full_line_fills_everything(void **state)
{
	(void)state;
	cleanup_exec_options struct exec_options o = {0};
	struct error err;
	char *argv[] = {W("exec"),
			W("-itu"),
			W("app:adm"),
			W("--group-add=1"),
			W("-w/srv"),
			W("-eA=1"),
			W("-e"),
			W("B"),
			W("--env-file=f"),
			W("--detach-keys=ctrl-p,q"),
			W("--pid-file=p"),
			W("--privileged"),
			W("--cap-add=KILL"),
			W("--preserve-fds=3"),
			W("--ns=pid"),
			W("--timeout=2m"),
			W("-Hunix:///x"),
			W("web"),
			W("ls"),
			W("-l"),
			NULL};
	assert_int_equal(parse(&o, &err, argv), 0);
	const struct request *r = &o.request;
	assert_int_equal(r->verb, VERB_EXEC);
	assert_string_equal(r->target, "web");
	assert_string_equal(r->command[0], "ls");
	assert_string_equal(r->command[1], "-l");
	assert_null(r->command[2]);
	assert_string_equal(r->user, "app:adm");
	assert_string_equal(r->group_add[0], "1");
	assert_string_equal(r->workdir, "/srv");
	assert_null(r->env); /* the caller's environment is looked at later */
	assert_string_equal(o.env[0], "A=1");
	assert_string_equal(o.env[1], "B");
	assert_string_equal(o.env_files[0], "f");
	assert_int_equal(o.tty, CHOICE_YES);
	assert_int_equal(o.stdin_open, CHOICE_YES);
	assert_string_equal(o.pid_file, "p");
	assert_string_equal(o.engine, "unix:///x");
	assert_int_equal(r->detach_keys_len, 2);
	assert_int_equal(r->detach_keys[0], 16);
	assert_true(r->privileged);
	assert_int_equal(r->cap_add, 1 << 5);
	assert_int_equal(r->preserve_fds, 3);
	assert_int_equal(r->ns, NS_PID);
	assert_true(r->ns_explicit);
	assert_int_equal(r->timeout_ms, 120000);
}

static void help_needs_no_target(void **state)
{
	(void)state;
	cleanup_exec_options struct exec_options o = {0};
	struct error err;
	assert_int_equal(parse(&o, &err, (char *[]){W("exec"), W("--help"), NULL}), 0);
	assert_true(o.help);
}

static void failures_leak_nothing_and_name_the_option(void **state)
{
	(void)state;
	static const char *const lines[][4] = {
		{"-ua", "-ub", "--ns=x", "--ns"},	    {"-eA", "--env-file=x", "--timeout=x", "--timeout"},
		{"-ua", "--json", "web", "--json"},	    {"-t", "-T", "web", "--no-tty"},
		{"-Hx", "-Hy", "-H", "--engine"},	    {"--pid-file=a", "--show", "web", "--pid-file"},
		{"-ua", "--cap-add=x", "web", "--cap-add"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		cleanup_exec_options struct exec_options o = {0};
		struct error err;
		char *argv[] = {W("exec"), W(lines[i][0]), W(lines[i][1]), W(lines[i][2]), NULL};
		assert_int_equal(parse(&o, &err, argv), -EINVAL);
		assert_non_null(strstr(err.text, lines[i][3]));
	}
}

static void targets_keep_to_the_grammar(void **state)
{
	(void)state;
	struct error err;
	static const char *const good[] = {"web", "0", "a.b_c-d", "pid:1", "pid:4194304"};
	static const char *const bad[] = {"",	    "/db",    "a/b",	"%76ictim", "-x",	   ".a",
					  "a b",    "a\nb",   "a:b",	"pid:",	    "pid:0",	   "pid:x",
					  "pid:1 ", "pid:-1", "pid:1.", "PID:1",    "pid:4194305", "\xc3\xa9"};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_int_equal(target_check(good[i], &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(target_check(bad[i], &err), -EINVAL);
	assert_true(target_is_pid("pid:1"));
	assert_false(target_is_pid("pid"));
}

static void namespaces_are_a_list(void **state)
{
	(void)state;
	struct error err;
	uint32_t set;
	bool explicit;
	assert_int_equal(ns_list_parse("all", &set, &explicit, &err), 0);
	assert_int_equal(set, NS_ALL);
	assert_false(explicit);
	assert_int_equal(ns_list_parse("all,-net,-user", &set, &explicit, &err), 0);
	assert_int_equal(set, NS_ALL & ~(NS_NET | NS_USER));
	assert_int_equal(ns_list_parse("time,cgroup,time", &set, &explicit, &err), 0);
	assert_int_equal(set, NS_TIME | NS_CGROUP);
	assert_true(explicit);
	static const char *const bad[] = {"",	     ",",	 "mnt,",  ",mnt", "all,", "-mnt",
					  "all,mnt", "mnt,-pid", "mount", "MNT",  "al"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ns_list_parse(bad[i], &set, &explicit, &err), -EINVAL);
}

static void capabilities_have_names_in_any_case(void **state)
{
	(void)state;
	struct error err;
	uint64_t set = 0;
	assert_int_equal(cap_list_add("chown", &set, &err), 0);
	assert_int_equal(cap_list_add("CAP_KILL,Cap_Net_Admin", &set, &err), 0);
	assert_int_equal(set, 1 | 1 << 5 | 1 << 12);
	static const char *const bad[] = {"",	 "0", "12", "cap_", "cap_12", "chown,", "root", "cap_cap_chown",
					  "=ep", "-1"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(cap_list_add(bad[i], &set, &err), -EINVAL);
	assert_int_equal(set, 1 | 1 << 5 | 1 << 12);
	assert_int_equal(cap_list_add("ALL", &set, &err), 0);
	assert_int_equal(set & (set + 1), 0);
	assert_true(set >= UINT64_C(0x3fffffffff));
}

static void detach_keys_are_bytes(void **state)
{
	(void)state;
	struct error err;
	uint8_t keys[3];
	uint32_t len;
	assert_int_equal(detach_keys_parse("ctrl-@,Ctrl-Z,a", keys, 3, &len, &err), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(keys,
			    "\0\x1a"
			    "a",
			    3);
	assert_int_equal(detach_keys_parse("", keys, 3, &len, &err), 0);
	assert_int_equal(len, 0);
	assert_int_equal(detach_keys_parse("a,b,c,d", keys, 3, &len, &err), -E2BIG);
	static const char *const bad[] = {
		",", "a,", "ab", "ctrl-", "ctrl-1", "ctrl-ab", "ctrl-`", "\xff", "ctrl-aaaaaaaaaaaaaaaa"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(detach_keys_parse(bad[i], keys, 3, &len, &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(a_full_line_fills_everything),
					   IT(help_needs_no_target),
					   IT(failures_leak_nothing_and_name_the_option),
					   IT(targets_keep_to_the_grammar),
					   IT(namespaces_are_a_list),
					   IT(capabilities_have_names_in_any_case),
					   IT(detach_keys_are_bytes)};
	return RUN(tests);
}

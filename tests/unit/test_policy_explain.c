/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <stdio.h>

#include "lib/policy/explain.h"
#include "policy.h"

static const struct policy_subject key = {.gate = true, .key = "k"};
static const struct policy_target web = {.id = "0123456789ab", .name = "web", .image = "nginx:1"};

static struct policy_ask exec_true(void)
{
	static char *argv[] = {(char *)"true", NULL};
	return (struct policy_ask){.verb = POLICY_EXEC, .own_user = "app", .argv = argv, .now = 1801353600};
}

/* What is said, without the path before each line. */
static void explains_for(const struct policy_subject *s, const struct policy_ask *a, const char *text, const char *said)
{
	static const char path[] = "/etc/c/c.conf:";
	cleanup_free struct policy *p = must_load(text);
	cleanup_buf struct buf b = {0}, plain = {0};
	struct policy_decision d, same;
	policy_explain(p, s, &web, a, &d, &b);
	policy_decide(p, s, &web, a, &same);
	assert_int_equal(d.rule, same.rule);
	assert_int_equal(d.allow, same.allow);
	assert_non_null(buf_text(&b));
	for (const char *at = b.data; *at;) {
		if (strncmp(at, path, sizeof(path) - 1) == 0)
			at += sizeof(path) - 1;
		const char *end = strchr(at, '\n') + 1;
		buf_add(&plain, at, (size_t)(end - at));
		at = end;
	}
	assert_string_equal(buf_text(&plain), said);
}

static void explains(const char *text, const char *said)
{
	struct policy_ask a = exec_true();
	explains_for(&key, &a, text, said);
}

static void each_reason_is_named(void **state)
{
	(void)state;
	explains("", "denied: no rule matches\n");
	explains("deny key:j,user:7,group:ops,principal:p to *",
		 "1: deny: not for key:k: it is for key:j,user:7,group:ops,principal:p\ndenied: no rule matches\n");
	explains("deny * to db,id:ffffffffffff,label:a=b,image:x:*,compose:p/*",
		 "1: deny: not to web: it is to db,id:ffffffffffff,label:a=b,image:x:*,compose:p/*\ndenied: no rule "
		 "matches\n");
	explains("allow * to * as a for shell,logs",
		 "1: allow: not for exec: it is for shell,logs\ndenied: no rule matches\n");
	explains("allow * to * as a for exec run 'x *' run y",
		 "1: allow: not this command: it is to run x * | y\ndenied: no rule matches\n");
	explains("deny * to * from 10.0.0.0/8,::1",
		 "1: deny: there is no client's address: it is from 10.0.0.0/8,::1/128\n"
		 "denied: no rule matches\n");
	explains("deny * to * after 2027-02-01", "1: deny: not yet: it begins 2027-02-01\ndenied: no rule matches\n");
	explains("deny * to * until 2027-01-30",
		 "1: deny: no longer: it ended with 2027-01-30\ndenied: no rule matches\n");
	explains("deny * to * until 2027-01-30T12:30",
		 "1: deny: no longer: it ended at 2027-01-30T12:30\ndenied: no rule matches\n");
	explains("deny * to * hours mon-fri/08:00-18:00,sat-mon/22:00-24:00,01:00-02:00,tue/03:00-04:00",
		 "1: deny: not now: its hours are mon-fri/08:00-18:00,sat-mon/22:00-24:00,01:00-02:00,tue/03:00-04:00\n"
		 "denied: no rule matches\n");
}

static void debugging_is_explained_with_its_toolboxes(void **state)
{
	(void)state;
	struct policy_ask a = exec_true(), shell = exec_true();
	a.verb = shell.verb = POLICY_DEBUG;
	shell.argv = NULL;
	explains_for(&key, &a, "allow * to * as app for exec,shell\nallow * to * as app for debug run true with rw",
		     "1: allow: not for debug: it is for exec,shell\n2: allow: matches\n"
		     "allowed, as the container's own user (app), with rw, in the toolbox default\n");
	explains_for(&key, &a, "allow * to * as app for all with toolbox=gdb:perf,timeout=1h",
		     "1: allow: matches\n"
		     "allowed, as the container's own user (app), with toolbox=gdb:perf,timeout=1h\n");
	explains_for(&key, &shell, "allow * to * as app for debug run 'strace *'",
		     "1: allow: not for a shell: it is to run strace *\ndenied: no rule matches\n");
}

static void what_enters_nothing_has_no_user(void **state)
{
	(void)state;
	struct policy_ask a = exec_true();
	a.verb = POLICY_LOGS;
	a.argv = NULL;
	explains_for(&key, &a, "deny * to * as root\nallow * to * as app for top\nallow * to * for logs",
		     "1: deny: nothing is entered, and it denies certain users only: root\n"
		     "2: allow: not for logs: it is for top\n3: allow: matches\nallowed\n");
}

static void dialing_is_explained_with_its_ports(void **state)
{
	(void)state;
	struct policy_ask a = exec_true();
	a.verb = POLICY_DIAL;
	explains_for(&key, &a, "allow * to * as app for dial",
		     "1: allow: matches\nallowed, as the container's own user (app), to the container's own ports\n");
	explains_for(&key, &a, "allow * to * as app for dial with ports=80:db/1-2",
		     "1: allow: matches\nallowed, as the container's own user (app), with ports=80:db/1-2\n");
}

static void the_user_is_named_as_it_is_settled(void **state)
{
	(void)state;
	struct policy_ask a = exec_true();
	explains("deny * to * as root\nallow * to * as app for exec",
		 "1: deny: not as the container's own user (app): it is as root\n2: allow: matches\n"
		 "allowed, as the container's own user (app)\n");
	explains(
		"deny * to * as root\nallow * to * as other for exec with record,timeout=2h",
		"1: deny: not as other: it is as root\n2: allow: matches\nallowed, as other, with record,timeout=2h\n");
	explains("deny * to * as other\nallow * to * as other for exec", "1: deny: matches\ndenied\n");
	explains("deny * to * as root\ndeny * to *",
		 "1: deny: it denies certain users, and no rule before has settled as whom this would be: root\n"
		 "2: deny: matches\ndenied\n");
	a.user = "x";
	explains_for(&key, &a, "allow * to * as app,root for exec",
		     "1: allow: not as x: it is as app,root\ndenied: no rule matches\n");
	a.user = "app";
	a.uid_known = true;
	explains_for(&key, &a, "allow * to * as app for exec",
		     "1: allow: the user is root inside: it is as app\ndenied: no rule matches\n");
	a = exec_true();
	a.argv = NULL;
	explains_for(&key, &a, "allow * to * as app for exec run x",
		     "1: allow: not for a shell: it is to run x\ndenied: no rule matches\n");
}

static void who_asks_is_named(void **state)
{
	(void)state;
	struct policy_ask a = exec_true();
	char *names[] = {(char *)"p", NULL};
	gid_t gid = 8;
	const struct {
		struct policy_subject s;
		const char *name;
	} subjects[] = {
		{{.gate = true, .key = "", .fingerprint = "SHA256:x"}, "key:SHA256:x"},
		{{.gate = true, .principals = names}, "principal:p"},
		{{.user = "ci", .uid = 7}, "user:ci"},
		{{.uid = 7}, "user:7"},
		{{.uid = (uid_t)-1, .groups = names}, "group:p"},
		{{.uid = (uid_t)-1, .gids = &gid, .gid_count = 1}, "group:8"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++) {
		char said[128];
		snprintf(said, sizeof(said), "1: deny: not for %s: it is for key:zz\ndenied: no rule matches\n",
			 subjects[i].name);
		explains_for(&subjects[i].s, &a, "deny key:zz to *", said);
	}
}

static void many_rules_for_others_are_one_line(void **state)
{
	(void)state;
	explains("deny key:a to *\ndeny key:a to *\ndeny key:a to *\n\ndeny key:a to *\ndeny key:a to *\ndeny key:a to "
		 "*\n"
		 "deny key:a to *\ndeny key:a to *\ndeny key:a to *\ndeny * to db\ndeny key:a to *\ndeny key:b to "
		 "*\ndeny * to web",
		 "1-10: 9 rules for others\n11: deny: not to web: it is to db\n12: deny: not for key:k: it is for "
		 "key:a\n"
		 "13: deny: not for key:k: it is for key:b\n14: deny: matches\ndenied\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(each_reason_is_named),
		IT(debugging_is_explained_with_its_toolboxes),
		IT(what_enters_nothing_has_no_user),
		IT(dialing_is_explained_with_its_ports),
		IT(the_user_is_named_as_it_is_settled),
		IT(who_asks_is_named),
		IT(many_rules_for_others_are_one_line),
	};
	return RUN(tests);
}

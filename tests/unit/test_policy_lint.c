/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <stdio.h>

#include "lib/policy/lint.h"
#include "policy.h"

static void add(void *to, const char *file, unsigned line, const char *text)
{
	assert_true(line == 0 || strcmp(file, "/etc/c/c.conf") == 0);
	buf_printf(to, "%u: %s\n", line, text);
}

static const int64_t now = 1801353600; /* 2027-01-31 */

static void finds(const char *text, const char *found)
{
	cleanup_free struct policy *p = must_load(text);
	cleanup_buf struct buf b = {0};
	policy_lint(p, now, 0, add, &b);
	assert_string_equal(buf_text(&b), found);
}

/* Each finding alone: what is looked for, and a policy in which there is nothing to find. */
static void finds_part(const char *text, const char *part)
{
	cleanup_free struct policy *p = must_load(text);
	cleanup_buf struct buf b = {0};
	policy_lint(p, now, 0, add, &b);
	if (!strstr(buf_text(&b), part))
		fail_msg("%s:\n  found:    %s\n  expected: %s", text, b.data, part);
}

static void a_plain_policy_has_nothing_to_find(void **state)
{
	(void)state;
	finds("gate center\ndeny * to vault\nallow key:a,user:ci to web-* as app for exec,shell with record,timeout=2h "
	      "hours 08:00-18:00\nallow key:a to db as postgres for exec run \"pg_isready *\" from 10.0.0.0/8\n"
	      "deny * to * as root\ndeny * to * as *\n",
	      "");
	finds("", "0: there is no rule: nobody but root may enter anything\n");
}

static void rules_that_come_too_late_are_found(void **state)
{
	(void)state;
	static const char *const late[][2] = {
		{"deny user:a to *", "allow user:a to web as x for exec"},
		{"deny * to *", "deny user:a to web"},
		{"deny user:a,user:b to web-*", "deny user:b to web-1,web-2?,web-*-x"},
		{"deny user:a to label:x=*", "deny user:a to label:x=1"},
		{"deny user:a to id:0123456789ab", "deny user:a to id:0123456789abcd"},
		{"deny user:a to compose:shop/*", "deny user:a to compose:shop/w*"},
		{"deny user:1 to image:a", "deny user:1 to image:a for exec"},
		{"deny user:a to web for exec,logs", "deny user:a to web for logs"},
		{"allow user:a to web as x,y for exec,shell", "allow user:a to web as y for exec run z"},
		{"allow user:a to web as * for all", "deny user:a to web"},
		{"allow user:a to web as x for exec run m run n", "allow user:a to web as x for exec run n"},
		{"deny user:a to web hours 01:00-02:00", "deny user:a to web hours 01:00-02:00 for exec"},
		{"deny user:a to web as root", "deny user:a to web as root for exec,logs"},
		{"allow user:a to web as x for logs,cp", "allow user:a to web as * for logs"},
		{"allow user:a to web for logs", "deny user:a to web for logs"},
		{"deny user:a to web as *", "allow user:a to web as x for all"},
		{"deny user:a to web after 2027-01-01 until 2028-01-01",
		 "deny user:a to web after 2027-02-01 until 2027-12-01"},
	};
	static const char *const in_time[][2] = {
		{"deny user:a to web", "deny user:b to web"},
		{"deny user:a to web", "deny group:a to web"},
		{"deny user:1 to web", "deny group:1 to web"},
		{"deny user:a,user:b to web", "deny group:a to web"},
		{"deny user:1,user:2 to web", "deny group:1 to web"},
		{"deny user:a to web", "deny user:a,user:b to web"},
		{"deny user:a to web-?", "deny user:a to web-*"},
		{"deny user:a to web-?x", "deny user:a to web-*x"},
		{"deny user:a to 'web-\\*'", "deny user:a to 'web-*'"},
		{"deny user:a to label:x=1", "deny user:a to label:y=1"},
		{"deny user:a to id:0123456789abcd", "deny user:a to id:0123456789ab"},
		{"deny user:a to web for exec", "deny user:a to web"},
		{"allow user:a to web as x for exec", "allow user:a to web as x,y for exec"},
		{"allow user:a to web as x for all", "deny user:a to web"},
		{"allow user:a to web as x for exec run n", "allow user:a to web as x for exec run m"},
		{"allow user:a to web as x for exec run n", "allow user:a to web as x for exec"},
		{"deny user:a to web hours 01:00-02:00", "deny user:a to web"},
		{"deny user:a to web hours 01:00-02:00", "deny user:a to web hours 01:00-03:00"},
		{"deny user:a to web after 2027-02-01", "deny user:a to web after 2027-01-01"},
		{"deny user:a to web until 2027-02-01", "deny user:a to web until 2027-02-02"},
		{"deny user:a to web until 2027-02-01", "deny user:a to web"},
		{"deny user:a to web as root", "allow user:a to web as root for all"},
		{"allow user:a to web as x for logs,cp", "allow user:a to web as y for logs,cp"},
	};
	char text[512];
	for (size_t i = 0; i < ARRAY_SIZE(late); i++) {
		snprintf(text, sizeof(text), "%s\n%s", late[i][0], late[i][1]);
		finds_part(text, "2: never decides: what it matches, the rule in /etc/c/c.conf:1 decides before\n");
	}
	for (size_t i = 0; i < ARRAY_SIZE(in_time); i++) {
		snprintf(text, sizeof(text), "%s\n%s", in_time[i][0], in_time[i][1]);
		finds(text, "");
	}
}

static void rules_that_can_never_match_are_found(void **state)
{
	(void)state;
	static const char no_gate[] =
		"1: never matches: keys and principals are those of gate accounts, and there is no gate directive\n";
	static const char no_address[] =
		"1: never matches: from is about the client's address, which only sessions of gates have\n";
	finds("deny key:a,principal:b to *", no_gate);
	finds("deny key:a,user:b to *", "");
	finds("deny user:a to * from 10.0.0.0/8", no_address);
	finds("deny * to * from 10.0.0.0/8", no_address);
	finds("deny * to * from 10.0.0.0/8\ngate g", "");
	finds("deny user:a to * until 2027-01-30", "1: never matches any more: it ended with 2027-01-30\n");
	finds("deny user:a to * until 2027-01-31", "");
}

static void rules_that_give_much_are_found(void **state)
{
	(void)state;
	finds_part("allow * to web as x for exec", "1: * lets everybody in: every account of this host\n");
	finds_part("gate g\nallow * to web as x for exec",
		   "2: * lets everybody in: every account of this host, and every key of its gates\n");
	finds("trust labels\nallow user:a to label:a=b,compose:c/* as x for exec",
	      "2: label:a=b: whoever makes an image or starts a container chooses its labels\n"
	      "2: compose:c/*: whoever makes an image or starts a container chooses its labels\n");
	finds_part("allow user:a to web as x for exec with ns=net:mnt",
		   "1: ns= without the container's mnt: whoever enters so is as good as root");
	finds("allow user:a to web as x for exec with ns=net", "");
	finds("allow user:a to web as x,root for exec with privileged",
	      "1: as root with privileged: whoever enters so is as good as root on the host\n");
	finds("allow user:a to web as x for exec with privileged", "");
	finds_part("allow user:a to web as x for exec with cap-add=sys_admin", "1: cap-add=: ");
	finds_part("deny user:a to web as postgres", "1: as postgres: the same user under another name or number is "
						     "not denied; name who is allowed instead\n");
}

static void what_is_about_a_right_needs_a_rule_for_it(void **state)
{
	(void)state;
	finds("allow user:a to web as x for exec with ports=80,signals=HUP,read-only",
	      "1: ports= never counts: the rule is not for dial\n1: signals= never counts: the rule is not for signal\n"
	      "1: read-only never counts: the rule is for neither cp nor sftp\n");
	finds("allow user:a to web as x for dial,signal,cp with ports=80,signals=HUP,read-only", "");
	finds("allow user:a to web as x for cp,shell,restore with read-only",
	      "1: read-only: it is about cp and sftp alone; with shell, which the rule is for, files can be changed\n");
	finds("allow user:a to web as x for logs", "1: as never counts: what the rule is for enters nothing\n");
	finds("allow user:a to web for logs", "");
	finds("allow user:a to web as * for logs", "");
	finds("deny user:a to web as root for logs",
	      "1: never denies anything: what it is for enters nothing, as nobody; leave as out\n");
	finds("deny user:a to web as root for cp", "");
}

static void dialing_anywhere_is_found(void **state)
{
	(void)state;
	finds("allow user:a to web as x for dial with ports=80:*/443:*/1-9:db/1",
	      "1: ports=*/443: whoever dials reaches there whatever the container's network does\n"
	      "1: ports=*/1-9: whoever dials reaches there whatever the container's network does\n");
}

static void what_is_about_debug_needs_a_rule_for_it(void **state)
{
	(void)state;
	finds("allow user:a to web as x for exec,shell with toolbox=gdb,rw",
	      "1: toolbox= never counts: the rule is not for debug\n"
	      "1: rw never counts: it is about debug --rw, and the rule is not for debug\n");
	finds("allow user:a to web as x for debug with toolbox=gdb,rw", "");
	finds("allow user:a to web as x for all with toolbox=gdb,rw", "");
	finds("allow user:a to web as x for debug run \"strace -c -p 1\"", "");
	finds("allow user:a to web as x for debug run \"strace -p *\"",
	      "1: run \"strace -p *\": with an argument of one's choice this can run, read or write anything else\n");
	finds("allow user:a to web as x for debug run \"gdb -batch -ex bt -p 1\" run \"gdbserver stdio\"",
	      "1: run \"gdb -batch -ex bt -p 1\": whoever may run this can make it run anything else\n"
	      "1: run \"gdbserver stdio\": whoever may run this can make it run anything else\n");
}

static void commands_that_run_others_are_found(void **state)
{
	(void)state;
	static const char *const always[] = {"sh", "/bin/bash -l", "python3 x.py", "psql", "vi", "less /etc/motd"};
	static const char *const open[] = {"find *", "env * x", "tar xf ?", "/usr/bin/xargs *", "git log *"};
	static const char *const fine[] = {"find . -name x", "env", "tar tf /a", "uptime", "ps *", "id"};
	char text[256];
	for (size_t i = 0; i < ARRAY_SIZE(always); i++) {
		snprintf(text, sizeof(text), "allow user:a to web as x for exec run '%s'", always[i]);
		finds_part(text, "whoever may run this can make it run anything else");
	}
	for (size_t i = 0; i < ARRAY_SIZE(open); i++) {
		snprintf(text, sizeof(text), "allow user:a to web as x for exec run '%s'", open[i]);
		finds_part(text, "with an argument of one's choice this can run, read or write anything else");
	}
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++) {
		snprintf(text, sizeof(text), "allow user:a to web as x for exec run '%s'", fine[i]);
		finds(text, "");
	}
	finds_part("allow user:a to web as x for exec run '* x'",
		   "run \"* x\": a pattern of programs lets in whatever is called so");
}

static void names_are_handed_over(void **state)
{
	(void)state;
	cleanup_buf struct buf keys = {0}, accounts = {0}, groups = {0};
	cleanup_free struct policy *p =
		must_load("gate g\nallow key:a,user:u,group:x,user:7 to web as x for exec\ndeny key:b,user:v to *");
	policy_each_key(p, add, &keys);
	assert_string_equal(buf_text(&keys), "2: a\n3: b\n");
	policy_each_account(p, add, &accounts);
	assert_string_equal(buf_text(&accounts), "0: g\n2: u\n3: v\n");
	policy_each_group(p, add, &groups);
	assert_string_equal(buf_text(&groups), "2: x\n");
	assert_true(policy_has_subject(p, &(struct policy_subject){.gate = true, .uid = (uid_t)-1, .key = "b"}));
	assert_false(policy_has_subject(p, &(struct policy_subject){.gate = true, .uid = (uid_t)-1, .key = "c"}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_plain_policy_has_nothing_to_find),
		IT(rules_that_come_too_late_are_found),
		IT(rules_that_can_never_match_are_found),
		IT(rules_that_give_much_are_found),
		IT(what_is_about_debug_needs_a_rule_for_it),
		IT(what_is_about_a_right_needs_a_rule_for_it),
		IT(dialing_anywhere_is_found),
		IT(commands_that_run_others_are_found),
		IT(names_are_handed_over),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "lib/base/io.h"

#include "policy.h"

/* That the text is refused, and what is said of it. */
static void refused(const char *text, const char *why)
{
	struct policy *p;
	struct error err;
	int r = load_text(text, &p, &err);
	if (r != -EINVAL || err.code != -EINVAL)
		fail_msg("%s: not refused (%d)", text, r);
	if (!strstr(err.text, why))
		fail_msg("%s:\n  said:     %s\n  expected: %s", text, err.text, why);
	assert_null(p);
	assert_true(str_starts(err.text, "/etc/c/c.conf:"));
}

static void accepted(const char *text)
{
	free(must_load(text));
}

static void what_is_no_rule_or_directive_is_refused(void **state)
{
	(void)state;
	refused("alow * to * as * for all", "c.conf:1: \"alow\" is no rule or directive (did you mean allow?)");
	refused("\n\n# x\nAllow * to * as * for all", "c.conf:4: \"Allow\" is no rule");
	refused("'' x", "\"\" is no rule or directive");
	refused("\xef\xbb\xbf"
		"deny * to *",
		"c.conf:1:1: a character that turns the direction of writing, or is not seen");
	refused("allow * to * as -1 for all", "\"-1\": expected USER");
	refused("allow * to * as +1 for all", "\"+1\": expected USER");
	refused("deny * to *\ndeny 'x", "c.conf:2:6: a quote that is not closed");
	refused("deny * \\\n  to * \\\n \x01", "c.conf:3:2: a control character");
	refused("deny * to *\r\ndeny * to *\r\n", "c.conf:1:12: a carriage return");
	refused("deny * \\\n  to * \\\n fro x", "c.conf:1: \"fro\" is no clause (did you mean from?)");
	refused("deny * to *\n\\\n\ndeny * to", "c.conf:4: a rule is: deny SUBJECTS to TARGETS");
}

static void directives_take_one_word_and_are_given_once(void **state)
{
	(void)state;
	refused("engine", "engine takes one word, a socket: engine unix:///run/docker.sock");
	refused("engine unix:///a unix:///b", "engine takes one word");
	refused("engine unix:///a\nengine unix:///b", "c.conf:2: engine is given twice");
	refused("engine tcp://127.0.0.1:2375", "expected the engine's socket, as unix:///run/docker.sock");
	refused("engine unix://run/docker.sock", "expected the engine's socket");
	refused("engine unix:///run/../docker.sock", "expected the engine's socket");
	refused("engine "
		"unix:///a12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
		"01234567890123456789",
		"too long for a socket's path");
	refused("record logs", "expected the directory for recordings, an absolute path");
	refused("record /", "an absolute path");
	refused("record /a//b", "an absolute path");
	refused("record /a/.", "an absolute path");
	refused("record /a/", "an absolute path");
	refused("record /a\nrecord /a", "record is given twice");
	refused("audit x", "expected the file of the audit log");
	refused("audit /x\naudit /x", "audit is given twice");
	refused("gate a,b", "expected the name of one account");
	refused("gate ''", "expected the name of one account");
	refused("trust label", "\"label\" is no thing to trust (did you mean labels?)");
	accepted("engine unix:///run/docker.sock\nrecord /a/b..c/.d\naudit /x\ngate a\ngate b\ntrust labels\ntrust "
		 "labels\n");
}

static void directives_are_found_again(void **state)
{
	(void)state;
	cleanup_free struct policy *p = must_load("engine unix:///s\naudit /a\nrecord /r\ngate one\ngate two");
	assert_string_equal(policy_engine(p), "unix:///s");
	assert_string_equal(policy_record_dir(p), "/r");
	assert_string_equal(policy_audit_file(p), "/a");
	assert_true(policy_is_gate(p, "one"));
	assert_true(policy_is_gate(p, "two"));
	assert_false(policy_is_gate(p, "three"));
	assert_false(policy_is_gate(p, ""));
	cleanup_free struct policy *none = must_load("");
	assert_null(policy_engine(none));
	assert_null(policy_record_dir(none));
	assert_null(policy_audit_file(none));
	assert_false(policy_is_gate(none, "one"));
	assert_false(policy_is_gate(none, ""));
}

static void subjects_are_exact_and_have_a_kind(void **state)
{
	(void)state;
	refused("deny dev to *", "\"dev\" is no subject; expected user:NAME, group:NAME, key:NAME");
	refused("deny User:a to *", "is no subject (did you mean user:NAME?)");
	refused("deny user: to *", "\"user:\": the name is missing");
	refused("deny key:dev-* to *", "subjects are exact names without * ? and [");
	refused("deny user:a? to *", "exact names");
	refused("deny user:[ab] to *", "exact names");
	refused("deny *,* to", "a rule is: deny SUBJECTS to TARGETS");
	refused("deny key:a, key:b to *", "\"key:b\": expected \"to\" behind the subjects");
	refused("deny key:a,,key:b to *", "a list has an empty item");
	refused("deny key:a, to *", "a list has an empty item");
	refused("deny '' to *", "a list has an empty item");
	refused("deny user:4294967295 to *", "the number is too large");
	refused("deny group:99999999999999999999 to *", "the number is too large");
	refused("deny key:SHA256:abc to *", "or SHA256: and 43 characters");
	refused("deny key:SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa= to *", "or SHA256: and 43");
	refused("deny key:MD5:00 to *", "expected a key's name (at most 64 letters");
	refused("deny key:'a b' to *", "expected a key's name");
	refused("deny key:-a to *", "expected a key's name");
	accepted("deny user:0,user:4294967294,group:1,user:DOM\\\\ain,key:a@b,principal:'a b' to *");
	accepted("deny key:SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/+ to *");
}

static void targets_are_patterns_of_a_kind(void **state)
{
	(void)state;
	refused("deny * to", "a rule is: deny SUBJECTS to TARGETS");
	refused("deny * on *", "\"on\": expected \"to\" behind the subjects");
	refused("deny * to lable:a=b", "\"lable:a=b\" is no target (did you mean label:KEY=VALUE?)");
	refused("deny * to a/b", "is no target");
	refused("deny * to label:a", "expected label:KEY=VALUE");
	refused("deny * to label:=a", "expected label:KEY=VALUE");
	refused("deny * to id:abc", "expected 12 to 64 hexadecimal digits");
	refused("deny * to id:0123456789AB", "expected 12 to 64 hexadecimal digits");
	refused("deny * to id:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", "12 to 64");
	refused("deny * to image:", "the pattern is wrong: it is empty");
	refused("deny * to 'a\\'", "the pattern is wrong: it ends in a backslash");
	refused("deny * to compose:shop", "expected compose:PROJECT/SERVICE");
	refused("deny * to compose:/web", "expected compose:PROJECT/SERVICE");
	refused("deny * to compose:shop/", "expected compose:PROJECT/SERVICE");
	refused("deny * to compose:a/b/c", "expected compose:PROJECT/SERVICE");
	accepted("deny * to web-*,?b,'\\*',id:0123456789ab,label:a=,label:a=b=c,image:a/b:1,compose:*/*");
}

static void labels_must_be_asked_for_in_allow_rules(void **state)
{
	(void)state;
	refused("deny * to a\nallow * to label:a=b as * for all",
		"c.conf:2: label: and compose: in an allow rule rest on labels");
	refused("allow * to a,compose:a/b as * for all", "write \"trust labels\"");
	accepted("allow * to label:a=b as * for all\ntrust labels");
	accepted("deny * to label:a=b,compose:a/b");
}

static void an_allow_rule_says_everything(void **state)
{
	(void)state;
	refused("allow * to * for all", "an allow rule says as whom");
	refused("allow * to * as *", "an allow rule says what for");
	refused("allow * to * as * for all as a", "as is given twice");
	refused("allow * to * as a for exec for shell", "for is given twice");
	refused("allow * to * as", "as: the word behind it is missing");
	refused("allow * to * as a for exce",
		"\"exce\" is no thing to be allowed for (did you mean exec?); expected exec, shell");
	refused("allow * to * as a, b for all", "a list has an empty item");
	refused("allow * to * as a?b for all", "expected USER, USER:GROUP or *");
	refused("allow * to * as :g for all", "expected USER, USER:GROUP or *");
	refused("allow * to * as u: for all", "expected USER, USER:GROUP or *");
	refused("allow * to * as u:g:h for all", "expected USER, USER:GROUP or *");
	refused("allow * to * as *:g for all", "expected USER, USER:GROUP or *");
	refused("allow * to * as 4294967295 for all", "the number is too large");
	refused("allow * to * as 0:4294967295 for all", "the number is too large");
	accepted("allow * to * for exec,logs as u,0:0,1:g,*");
	/* Where nothing is entered, there is nobody to name. */
	accepted("allow * to * for logs,show,top,stats,wait,diff");
	refused("allow * to * for logs,signal", "an allow rule says as whom");
	refused("allow * to * for log",
		"\"log\" is no thing to be allowed for (did you mean logs?); expected exec, shell, "
		"logs, debug, show, top, stats, wait, signal, cp, backup, restore, sftp, dial, diff "
		"or all");
}

static void run_is_for_exec_alone(void **state)
{
	(void)state;
	refused("allow * to * as a for exec,shell run x", "the rule is for exec and debug alone");
	refused("allow * to * as a for all run x", "the rule is for exec and debug alone");
	refused("allow * to * as a for exec,cp run x", "the rule is for exec and debug alone");
	refused("allow * to * for logs run x", "the rule is for exec and debug alone");
	refused("allow * to * run x as a", "an allow rule says what for");
	refused("deny * to * for exec run rm", "run cannot narrow a deny rule");
	refused("allow * to * as a for exec run ''", "run: the pattern is empty");
	refused("allow * to * as a for exec run \"'a\"", "run \"'a\": at byte 1: a quote that is not closed");
	refused("allow * to * as a for exec run 'a\\'", "a backslash with nothing behind it");
	refused("allow * to * as a for exec run '\"a\\\\\"'", "it ends in a backslash");
	refused("allow * to * as a for exec run make test",
		"\"test\" behind run: a pattern of several words is one word in quotes: run \"make test\"");
	accepted("allow * to * as a for exec run \"make *\" with tty run make run as run '#'");
}

static void with_items_do_not_contradict_each_other(void **state)
{
	(void)state;
	refused("deny * to * with tty", "with belongs to allow rules");
	static const struct {
		const char *with, *why;
	} wrong[] = {
		{"recod", "\"recod\" is no item of with (did you mean record?)"},
		{"record=output", "expected record or record=input"},
		{"record,record=input", "record is given twice"},
		{"tty,no-tty", "tty and no-tty contradict"},
		{"tty=yes", "tty takes no value"},
		{"detach,record", "detach lets a command go on"},
		{"timeout=1h,detach", "detach lets a command go on"},
		{"idle=1h,detach", "detach lets a command go on"},
		{"toolbox", "needs a value"},
		{"toolbox=", "empty item"},
		{"toolbox=a:", "empty item"},
		{"toolbox=a,toolbox=b", "given twice"},
		{"toolbox=A", "is no toolbox's name"},
		{"toolbox=a*", "there are no patterns"},
		{"toolbox=../a", "is no toolbox's name"},
		{"toolbox=a/b", "is no toolbox's name"},
		{"toolbox=/srv/tools", "is no toolbox's name"},
		{"toolbox=.a", "is no toolbox's name"},
		{"toolbox=-a", "is no toolbox's name"},
		{"toolbox=a123456789012345678901234567890123456789012345678901234567890123x", "is no toolbox's name"},
		{"rw=1", "takes no value"},
		{"read-only=1", "takes no value"},
		{"readonly", "did you mean read-only?"},
		{"ports", "ports needs a value"},
		{"ports=", "empty item"},
		{"ports=80:", "empty item"},
		{"ports=0", "\"0\": expected a port of 1 to 65535"},
		{"ports=65536", "\"65536\": expected a port"},
		{"ports=80-", "\"\": expected a port"},
		{"ports=-80", "\"\": expected a port"},
		{"ports=80-x", "\"x\": expected a port"},
		{"ports=90-80", "\"90-80\": the range ends before it begins"},
		{"ports=0x50", "expected a port"},
		{"ports=+80", "expected a port"},
		{"ports=http", "expected a port"},
		{"ports=db/", "expected a port"},
		{"ports=/80", "\"\" is no host"},
		{"ports=d*/80", "\"d*\" is no host"},
		{"ports=-db/80", "is no host"},
		{"ports=a/b/80", "expected a port"},
		{"ports='a b/80'", "is no host"},
		{"ports=[::1]/80", "\"[\": expected a port"},
		{"ports=80,ports=81", "given twice"},
		{"signals", "signals needs a value"},
		{"signals=", "empty item"},
		{"signals=HUP:", "empty item"},
		{"signals=HUB", "\"HUB\" is no signal"},
		{"signals=0", "\"0\" is no signal"},
		{"signals=65", "\"65\" is no signal"},
		{"signals=RTMIN+31", "is no signal"},
		{"signals=RTMIN-1", "is no signal"},
		{"signals=RTMIN+", "is no signal"},
		{"signals=SIG", "is no signal"},
		{"signals=*", "is no signal"},
		{"signals=1,signals=2", "given twice"},
		{"timeout", "timeout needs a value"},
		{"timeout=0", "expected a duration of more than 0"},
		{"timeout=1w", "expected a duration"},
		{"idle=-1", "expected a duration"},
		{"sessions=0", "at least 1"},
		{"sessions=x", "at least 1"},
		{"env", "env needs a value"},
		{"env=", "env has an empty item"},
		{"env=A:", "env has an empty item"},
		{"env=A=1", "a name has no ="},
		{"env='A\\'", "ends in a backslash"},
		{"ns=users", "\"users\" is no namespace (did you mean user?)"},
		{"ns=all", "is no namespace"},
		{"cap-add=SYS_ADMN", "\"SYS_ADMN\" is no capability"},
		{"cap-add=21", "\"21\" is no capability"},
		{"cap-add=CAP_21", "is no capability"},
	};
	char text[256];
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(text, sizeof(text), "allow * to * as a for exec with %s", wrong[i].with);
		refused(text, wrong[i].why);
	}
	accepted("allow * to * as a for exec with "
		 "record=input,tty,timeout=2h,idle=10m,sessions=3,env=LC_*:LANG,ns=net:uts,"
		 "cap-add=net_admin:CAP_SYS_PTRACE,privileged");
	accepted("allow * to * as a for exec with no-tty,detach,cap-add=all");
	accepted("allow * to * as a for debug with toolbox=0:a.b_c-d,rw");
	accepted("allow * to * as a for cp,sftp,dial,signal with "
		 "read-only,ports=1:2-3:db.x_y-z/65535:*/1-65535:10.0.0.1/9,"
		 "signals=HUP:sigusr1:64:RTMIN:SIGRTMIN+30:RTMAX-3");
	accepted("allow * to * as a for debug with "
		 "toolbox=a123456789012345678901234567890123456789012345678901234567890123");
}

static void variables_beside_run_cannot_change_the_command(void **state)
{
	(void)state;
	static const char *const wrong[] = {"*",	  "PATH", "LD_*",     "LD_ANYTHING",
					    "?D_PRELOAD", "A:P*", "BASH_ENV", "PYTHON*"};
	char text[256];
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(text, sizeof(text), "allow * to * as a for exec run psql with env=%s", wrong[i]);
		refused(text, "another command could be run");
		snprintf(text, sizeof(text), "allow * to * as a for exec with env=%s", wrong[i]);
		accepted(text);
	}
	refused("allow * to * as a for exec with env=* run psql", "another command could be run");
	accepted("allow * to * as a for exec run psql with env=PGDATABASE:LC_*");
}

static void networks_have_no_bits_of_the_host(void **state)
{
	(void)state;
	refused("deny * to * from 10.1.2.3/8", "\"10.1.2.3/8\" has bits set behind the network's; 10.0.0.0/8 is meant");
	refused("deny * to * from 2001:db8::1/32", "2001:db8::/32 is meant");
	static const char *const wrong[] = {"10.0.0.0/33", "10.0.0/8",	 "10.0.0.0/", "10.0.0.0/-1",  "::/129",
					    "localhost",   "10.0.0.256", "/8",	      "fe80::1%eth0", "0x7f.1"};
	char text[256];
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(text, sizeof(text), "deny * to * from %s", wrong[i]);
		refused(text, "expected an address or a network");
	}
	accepted("deny * to * from 0.0.0.0/0,::/0,127.0.0.1,::1,10.0.0.0/8,2001:db8::/32,::ffff:10.0.0.0/104");
}

static void times_are_real(void **state)
{
	(void)state;
	static const char *const dates[] = {"2027-02-29",  "2027-13-01",       "2027-00-01",	  "2027-01-00",
					    "2027-04-31",  "27-01-01",	       "1969-12-31",	  "2027-1-1",
					    "2027-01-01T", "2027-01-01T24:01", "2027-01-01T1:00", "2027-01-01T10:60",
					    "2027-01-01 ", "tomorrow"};
	static const char *const hours[] = {"8:00-18:00",   "08:00",	      "08:00-08:00",
					    "24:00-08:00",  "08:00-24:01",    "mon/",
					    "mon-fri",	    "mn/08:00-18:00", "mon-fry/08:00-18:00",
					    "/08:00-18:00", "08:00-18:00x",   "mon-tue-wed/08:00-18:00"};
	char text[256];
	for (size_t i = 0; i < ARRAY_SIZE(dates); i++) {
		snprintf(text, sizeof(text), "deny * to * until '%s'", dates[i]);
		refused(text, "expected a date");
		snprintf(text, sizeof(text), "deny * to * after '%s'", dates[i]);
		refused(text, "expected a date");
	}
	for (size_t i = 0; i < ARRAY_SIZE(hours); i++) {
		snprintf(text, sizeof(text), "deny * to * hours %s", hours[i]);
		refused(text, "expected 08:00-18:00");
	}
	refused("deny * to * after 2027-01-02 until 2027-01-01", "the rule ends (until) before it begins (after)");
	accepted("deny * to * after 2027-01-01 until 2027-01-01");
	accepted("deny * to * until 2028-02-29T24:00 after 1970-01-01T00:00 hours 22:00-06:00,fri-mon/00:00-24:00");
}

static void includes_are_read_beside_the_file_and_in_order(void **state)
{
	(void)state;
	struct error err;
	struct policy *p;
	const char *files[] = {"/etc/c/c.conf",
			       "gate first\ninclude d/*.conf\ninclude /x/last\ngate end",
			       "/etc/c/d/1.conf",
			       "gate one",
			       "/etc/c/d/2.conf",
			       "include 3.other\n",
			       "/etc/c/d/3.other",
			       "gate other",
			       "/etc/c/d/.4.conf",
			       "nonsense",
			       "/etc/c/d/5.conf~",
			       "nonsense",
			       "/x/last",
			       "gate last\n\nengin x",
			       NULL};
	assert_int_equal(load_files(files, &p, &err), -EINVAL);
	assert_string_equal(
		err.text, "/x/last:3: \"engin\" is no rule or directive (did you mean engine?); expected allow, deny, "
			  "engine, gate, record, audit, trust or include");
	files[13] = "gate last";
	assert_int_equal(load_files(files, &p, &err), 0);
	static const char *const gates[] = {"first", "one", "other", "last", "end"};
	for (size_t i = 0; i < ARRAY_SIZE(gates); i++)
		assert_true(policy_is_gate(p, gates[i]));
	free(p);
}

static void includes_that_cannot_be_read_refuse_everything(void **state)
{
	(void)state;
	struct error err;
	struct policy *p;
	const char *files[] = {"/etc/c/c.conf", "", "/etc/c/a", "include c.conf", NULL};
	static const struct {
		const char *text, *why;
		int error;
	} wrong[] = {
		{"\ninclude none", "/etc/c/c.conf:2: include: /etc/c/none: No such file or directory", -ENOENT},
		{"include e/*.conf", "/etc/c/c.conf:1: include: /etc/c/e: No such file or directory", -ENOENT},
		{"include */x", "* and ? may be used only behind the last /", -EINVAL},
		{"include '\\*'", "has no backslash", -EINVAL},
		{"include ''", "expected a file", -EINVAL},
		{"include c.conf", "/etc/c/c.conf:1: /etc/c/c.conf is included by itself", -EINVAL},
		{"include a", "/etc/c/a:1: /etc/c/c.conf is included by itself", -EINVAL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		files[1] = wrong[i].text;
		assert_int_equal(load_files(files, &p, &err), wrong[i].error);
		assert_non_null(strstr(err.text, wrong[i].why));
		assert_null(p);
	}
}

static void includes_end_at_a_depth(void **state)
{
	(void)state;
	struct error err;
	struct policy *p;
	const char *chain[] = {"/1", "include 2", "/2", "include 3", "/3", "include 4", "/4", "include 5",
			       "/5", "include 6", "/6", "include 7", "/7", "include 8", "/8", "include 9",
			       "/9", "gate deep", NULL};
	assert_int_equal(load_files(chain, &p, &err), -EINVAL);
	assert_string_equal(err.text, "/8:1: files include each other more than 8 deep");
	chain[15] = "gate deep";
	assert_int_equal(load_files(chain, &p, &err), 0);
	assert_true(policy_is_gate(p, "deep"));
	free(p);
}

static void a_missing_file_is_told_from_a_bad_one(void **state)
{
	(void)state;
	struct error err;
	struct policy *p;
	struct policy_reader reader = {memory_read, memory_list, (const char *[]){NULL}};
	assert_int_equal(policy_load("/nowhere", &reader, &p, &err), -ENOENT);
	assert_string_equal(err.text, "/nowhere: No such file or directory");
}

static const char long_policy[] =
	"engine unix:///run/docker.sock\ngate center\nrecord /var/log/c\naudit /var/log/a\ntrust labels # yes\n"
	"deny * to label:sealed=true\n"
	"allow key:dev-laptop to web-* as app for exec,shell,logs\n"
	"allow key:dba to db as postgres for exec run psql run \"pg_dump *\" \\\n with env=PG*,timeout=1h\n"
	"allow principal:oncall to compose:shop/* as root,app for exec,debug with record,timeout=2h,sessions=3,ns=net "
	"from 10.0.0.0/8,::1 until 2027-01-31 hours mon-fri/08:00-18:00\n"
	"allow group:ops,user:7 to *,id:0123456789ab,image:a as * for all with privileged,cap-add=ALL after "
	"2020-01-01\n";

static void a_policy_cut_anywhere_does_no_harm(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(long_policy); len++) {
		cleanup_free char *cut = strndup(long_policy, len);
		struct policy *p;
		struct error err;
		int r = load_text(cut, &p, &err);
		assert_true(r == 0 ? p != NULL : r == -EINVAL && *err.text);
		free(p);
	}
}

static void a_kept_block_is_taken_only_as_it_was_made(void **state)
{
	(void)state;
	cleanup_free struct policy *p = must_load(long_policy);
	size_t size = policy_size(p);
	for (size_t len = 0; len < size; len++) {
		cleanup_free char *cut = malloc(len ? len : 1);
		memcpy(cut, p, len);
		assert_null(policy_attach(cut, len));
	}
	cleanup_free char *longer = calloc(1, size + 8);
	memcpy(longer, p, size);
	assert_null(policy_attach(longer, size + 8));
	assert_non_null(policy_attach(longer, size));
	/* Magic, version, layout, size, counts. */
	for (size_t at = 0; at < 36; at += 4) {
		longer[at]++;
		assert_null(policy_attach(longer, size));
		longer[at]--;
	}
	memcpy(longer + 4, p, size);
	assert_null(policy_attach(longer + 4, size)); /* not aligned */
}

/* The lines between ``` in the page's EXAMPLES, but for commands and what needs other files. */
static char *examples_of_the_page(void)
{
	cleanup_free char *page = NULL;
	size_t len;
	cleanup_fd int fd = open(CORPUS "/../../../man/centerctl.conf.5.scd", O_RDONLY | O_CLOEXEC);
	struct buf rules = {0};
	bool inside = false;
	assert_true(fd >= 0 && read_all(fd, 1 << 20, &page, &len) == 0);
	char *at = strstr(page, "# EXAMPLES"), *rest;
	assert_non_null(at);
	for (char *line = strtok_r(at, "\n", &rest); line && strcmp(line, "# SECURITY") != 0;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (str_starts(line, "```"))
			inside = !inside;
		else if (inside && !str_starts(line, "centerctl ") && !str_starts(line, "include "))
			buf_printf(&rules, "%s\n", line);
	}
	assert_non_null(buf_text(&rules));
	return rules.data;
}

static void the_examples_of_the_page_are_right(void **state)
{
	(void)state;
	cleanup_free char *rules = examples_of_the_page();
	assert_true(strlen(rules) > 500);
	accepted(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(what_is_no_rule_or_directive_is_refused),
		IT(directives_take_one_word_and_are_given_once),
		IT(directives_are_found_again),
		IT(subjects_are_exact_and_have_a_kind),
		IT(targets_are_patterns_of_a_kind),
		IT(labels_must_be_asked_for_in_allow_rules),
		IT(an_allow_rule_says_everything),
		IT(run_is_for_exec_alone),
		IT(with_items_do_not_contradict_each_other),
		IT(variables_beside_run_cannot_change_the_command),
		IT(networks_have_no_bits_of_the_host),
		IT(times_are_real),
		IT(includes_are_read_beside_the_file_and_in_order),
		IT(includes_that_cannot_be_read_refuse_everything),
		IT(includes_end_at_a_depth),
		IT(a_missing_file_is_told_from_a_bad_one),
		IT(a_policy_cut_anywhere_does_no_harm),
		IT(the_examples_of_the_page_are_right),
		IT(a_kept_block_is_taken_only_as_it_was_made),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "policy.h"

static const char ID[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char PRINT[] = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/* A question in short. Without anything: the key k asks to run "true" in web, whose own user is app. */
struct question {
	/* With `account`, who asks is no gate. */
	const char *account, *key, *fingerprint, *principals[3], *groups[3], *address;
	gid_t gids[2];
	uid_t uid;
	const char *name, *image, *labels[5];
	enum policy_verb verb;
	const char *user, *own, *argv[5];
	bool no_argv, root_inside, uid_known;
	int64_t now;
	int32_t offset;
};

struct asked {
	struct policy_subject s;
	struct policy_target t;
	struct policy_ask a;
};

static struct asked make(const struct question *q)
{
	static const char *const plain[] = {"true", NULL};
	struct asked k = {
		.s = {.gate = !q->account,
		      .user = q->account ? q->account : "center",
		      .uid = q->uid,
		      .groups = (char *const *)q->groups,
		      .gids = q->gids,
		      .gid_count = (q->gids[0] != 0) + (q->gids[1] != 0),
		      .key = !q->key && !q->fingerprint && !q->principals[0] ? "k" : q->key,
		      .fingerprint = q->fingerprint,
		      .principals = (char *const *)q->principals,
		      .has_address = q->address != NULL},
		.t = {.id = ID,
		      .name = q->name ? q->name : "web",
		      .image = q->image ? q->image : "nginx:1",
		      .labels = (char *const *)q->labels},
		.a = {.verb = q->verb ? q->verb : POLICY_EXEC,
		      .user = q->user,
		      .own_user = q->own ? q->own : "app",
		      .uid_known = q->uid_known || q->root_inside,
		      .uid = q->root_inside ? 0 : 1000,
		      .argv = (char *const *)(q->no_argv   ? NULL
					      : q->argv[0] ? q->argv
							   : plain),
		      .now = q->now,
		      .utc_offset = q->offset},
	};
	if (q->address)
		assert_int_equal(policy_address_parse(q->address, &k.s.address), 0);
	return k;
}

static void decide(const struct policy *p, const struct question *q, struct policy_decision *d)
{
	struct asked k = make(q);
	policy_decide(p, &k.s, &k.t, &k.a, d);
	assert_true(d->file ? *d->file && d->line : !d->allow);
}

/* The line that decides: positive if it allows, negative if it denies, 0 if there is none. */
static int line_of(const char *text, struct question q)
{
	struct policy_decision d;
	cleanup_free struct policy *p = must_load(text);
	decide(p, &q, &d);
	return d.allow ? (int)d.line : -(int)d.line;
}

#define Q(...)		   ((struct question){__VA_ARGS__})
#define ALLOWED(text, ...) assert_int_equal(line_of(text, Q(__VA_ARGS__)), 1)
#define DENIED(text, ...)  assert_int_equal(line_of(text, Q(__VA_ARGS__)), -1)
#define NO_RULE(text, ...) assert_int_equal(line_of(text, Q(__VA_ARGS__)), 0)

static void nothing_matching_means_no(void **state)
{
	(void)state;
	NO_RULE("", .key = "k");
	NO_RULE("allow key:j to web as app for exec", .key = "k");
	NO_RULE("allow key:k to db as app for exec", .key = "k");
	NO_RULE("allow key:k to web as app for shell", .key = "k");
	NO_RULE("allow key:k to web as app for exec", .key = "k", .user = "other");
	NO_RULE("allow key:k to web as app for exec run false", .key = "k");
	ALLOWED("allow key:k to web as app for exec", .key = "k");
}

static void the_first_match_decides(void **state)
{
	(void)state;
	static const char text[] = "allow key:a to web as app for exec\n"
				   "deny key:a,key:b to web\n"
				   "allow * to web as app for exec\n"
				   "deny * to *\n"
				   "allow * to * as * for all";
	assert_int_equal(line_of(text, Q(.key = "a")), 1);
	assert_int_equal(line_of(text, Q(.key = "a", .verb = POLICY_SHELL)), -2);
	assert_int_equal(line_of(text, Q(.key = "b")), -2);
	assert_int_equal(line_of(text, Q(.key = "c")), 3);
	assert_int_equal(line_of(text, Q(.key = "c", .name = "db")), -4);
}

static void a_gate_is_known_by_its_key_alone(void **state)
{
	(void)state;
	/* The gate account's own name, uid and groups give its sessions nothing. */
	NO_RULE("allow user:center,user:0,group:center,group:7 to * as * for all", .key = "k", .groups = {"center"},
		.gids = {7});
	DENIED("deny * to *", .key = "k");
	/* And who is no gate cannot be a key. */
	NO_RULE("allow key:k,principal:p to * as * for all", .account = "mallory", .key = "k", .principals = {"p"});
	NO_RULE("allow key:SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA to * as * for all", .account = "mallory",
		.fingerprint = PRINT);
	ALLOWED("allow * to * as * for all", .account = "mallory");
}

static void each_kind_of_subject_matches_its_own(void **state)
{
	(void)state;
	static const char fingerprint[] =
		"allow key:SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA to * as * for all";
	ALLOWED(fingerprint, .fingerprint = PRINT);
	NO_RULE(fingerprint, .key = PRINT);
	NO_RULE(fingerprint, .fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB");
	ALLOWED("allow principal:p to * as * for all", .principals = {"o", "p"});
	NO_RULE("allow principal:k to * as * for all", .key = "k");
	NO_RULE("allow key:p to * as * for all", .principals = {"p"});
	ALLOWED("allow user:ci to * as * for all", .account = "ci");
	NO_RULE("allow user:ci to * as * for all", .account = "CI");
	NO_RULE("allow user:ci to * as * for all", .account = "ci2");
	ALLOWED("allow user:1000 to * as * for all", .account = "ci", .uid = 1000);
	NO_RULE("allow user:999,user:1001 to * as * for all", .account = "ci", .uid = 1000);
	/* A name of digits is none. */
	NO_RULE("allow user:1000 to * as * for all", .account = "1000", .uid = 1001);
	ALLOWED("allow group:ops to * as * for all", .account = "ci", .groups = {"users", "ops"});
	NO_RULE("allow group:ci to * as * for all", .account = "ci", .groups = {"users"});
	ALLOWED("allow group:7 to * as * for all", .account = "ci", .gids = {3, 7});
	NO_RULE("allow group:7 to * as * for all", .account = "ci", .uid = 7, .groups = {"7"}, .gids = {3});
	NO_RULE("allow user:7 to * as * for all", .account = "ci", .gids = {7}, .uid = 8);
	ALLOWED("allow key:a,user:ci,key:b to * as * for all", .account = "ci");
	/* Nothing known is not the empty name. */
	NO_RULE("allow user:a,group:a to * as * for all", .account = "");
}

static void targets_are_the_resolved_facts(void **state)
{
	(void)state;
	ALLOWED("allow * to web-* as * for all", .name = "web-1");
	ALLOWED("allow * to web-* as * for all", .name = "web-");
	NO_RULE("allow * to web-* as * for all", .name = "web");
	NO_RULE("allow * to web-* as * for all", .name = "Web-1");
	NO_RULE("allow * to web-* as * for all", .name = "a-web-1");
	ALLOWED("allow * to db,we? as * for all", .name = "web");
	NO_RULE("allow * to we? as * for all", .name = "we");
	ALLOWED("allow * to *a*b*c* as * for all", .name = "xaxxbabxc");
	NO_RULE("allow * to *a*b*c as * for all", .name = "xaxxbabxcx");
	ALLOWED("allow * to 'a\\*' as * for all", .name = "a*");
	NO_RULE("allow * to 'a\\*' as * for all", .name = "ab");
	ALLOWED("allow * to id:0123456789ab as * for all", .name = "x");
	NO_RULE("allow * to id:0123456789ac as * for all", .name = "x");
	/* A name that looks like an ID is a name. */
	NO_RULE("allow * to id:ffffffffffff as * for all", .name = "ffffffffffff");
	NO_RULE("allow * to 0123456789ab as * for all", .name = "x");
	ALLOWED("allow * to image:nginx:* as * for all", .image = "nginx:1.25");
	NO_RULE("allow * to image:nginx as * for all", .image = "nginx:1.25");
	NO_RULE("allow * to nginx* as * for all", .image = "nginx:1.25");
}

static void nothing_known_matches_no_pattern(void **state)
{
	(void)state;
	cleanup_free struct policy *p =
		must_load("deny * to id:0123456789ab,image:*,label:a=*,compose:*/*\nallow * to * as * for all");
	struct asked k = make(&Q(.key = "k"));
	struct policy_decision d;
	k.t = (struct policy_target){0};
	policy_decide(p, &k.s, &k.t, &k.a, &d);
	assert_false(d.allow);
	assert_null(d.file);
}

static void labels_match_by_key_and_value(void **state)
{
	(void)state;
	DENIED("deny * to label:sealed=true", .labels = {"a=b", "sealed=true"});
	NO_RULE("deny * to label:sealed=true", .labels = {"sealed=True"});
	NO_RULE("deny * to label:sealed=true", .labels = {"unsealed=true", "sealed=true2"});
	DENIED("deny * to label:sealed=*", .labels = {"sealed="});
	DENIED("deny * to label:sealed=", .labels = {"sealed="});
	NO_RULE("deny * to label:sealed=", .labels = {"sealed=x"});
	NO_RULE("deny * to label:sealed=*", .labels = {"a=sealed=true"});
	DENIED("deny * to label:tier=prod-*", .labels = {"tier=prod-1"});
}

static void compose_is_project_and_service_of_one_engine(void **state)
{
	(void)state;
	static const char rule[] = "deny * to compose:shop/*,compose:blog/web";
	DENIED(rule, .labels = {"com.docker.compose.project=shop", "com.docker.compose.service=db"});
	DENIED(rule, .labels = {"io.podman.compose.service=web", "io.podman.compose.project=blog"});
	NO_RULE(rule, .labels = {"com.docker.compose.project=blog", "com.docker.compose.service=db"});
	NO_RULE(rule, .labels = {"com.docker.compose.project=shop", "io.podman.compose.service=db"});
	NO_RULE(rule, .labels = {"com.docker.compose.project=shop"});
	NO_RULE("deny * to compose:*/*", .name = "web");
	DENIED("deny * to compose:blog/web",
	       .labels = {"com.docker.compose.project=blog", "com.docker.compose.service=web"});
}

static const char *user_of(const char *text, struct question q)
{
	static char user[64];
	struct policy_decision d;
	cleanup_free struct policy *p = must_load(text);
	decide(p, &q, &d);
	snprintf(user, sizeof(user), "%s", !d.allow ? "-" : d.user ? d.user : "own");
	return user;
}
#define USER_IS(is, text, ...) assert_string_equal(user_of(text, Q(__VA_ARGS__)), is)

static void the_user_is_one_of_the_rule(void **state)
{
	(void)state;
	USER_IS("own", "allow * to * as app for all", .own = "app");
	USER_IS("own", "allow * to * as other,app for all", .own = "app:staff");
	USER_IS("own", "allow * to * as * for all", .own = "app");
	USER_IS("own", "allow * to * as root for all", .own = "");
	USER_IS("own", "allow * to * as 0 for all", .own = "root:root");
	USER_IS("own", "allow * to * as root for all", .own = ":5");
	USER_IS("own", "allow * to * as 7 for all", .own = "007");
	USER_IS("app", "allow * to * as app,other for all", .own = "");
	USER_IS("app:staff", "allow * to * as app:staff for all", .own = "app");
	USER_IS("own", "allow * to * as app:staff for all", .own = "app:staff");
	USER_IS("app", "allow * to * as app for all", .user = "app", .own = "x");
	USER_IS("-", "allow * to * as app for all", .user = "root");
	USER_IS("-", "allow * to * as app for all", .user = "0");
	USER_IS("00", "allow * to * as root for all", .user = "00");
	USER_IS("anybody", "allow * to * as * for all", .user = "anybody");
	USER_IS("a:b", "allow * to * as * for all", .user = "a:b");
	/* A group that was typed must be named by the rule. */
	USER_IS("-", "allow * to * as app for all", .user = "app:docker");
	USER_IS("app:docker", "allow * to * as app:docker for all", .user = "app:docker");
	USER_IS("-", "allow * to * as app:docker for all", .user = "app");
	USER_IS("-", "allow * to * as app:docker for all", .user = "app:root");
	USER_IS("-", "allow * to * as root for all", .user = ":docker");
	USER_IS("-", "allow * to * as * for all", .user = ":docker");
}

static void root_inside_needs_root_in_the_rule(void **state)
{
	(void)state;
	/* The container's passwd may say what it likes. */
	NO_RULE("allow * to * as app for all", .user = "app", .root_inside = true);
	NO_RULE("allow * to * as app for all", .root_inside = true);
	NO_RULE("allow * to * as app for all", .own = "x", .root_inside = true);
	ALLOWED("allow * to * as app for all", .user = "app", .uid_known = true);
	ALLOWED("allow * to * as app,root for all", .user = "app", .root_inside = true);
	ALLOWED("allow * to * as app,0 for all", .user = "app", .root_inside = true);
	ALLOWED("allow * to * as root:adm for all", .user = "root:adm", .root_inside = true);
	ALLOWED("allow * to * as * for all", .user = "app", .root_inside = true);
}

static void a_deny_rule_sees_the_user_that_would_enter(void **state)
{
	(void)state;
	static const char root[] = "deny * to * as root\nallow * to * as app,root for all";
	assert_int_equal(line_of(root, Q(.user = "root")), -1);
	assert_int_equal(line_of(root, Q(.user = "0")), -1);
	assert_int_equal(line_of(root, Q(.user = "app")), 2);
	assert_int_equal(line_of(root, Q(.user = "app", .root_inside = true)), -1);
	/* Nobody typed: root's own container is entered as the first of the rule, unless that is denied. */
	assert_int_equal(line_of("deny * to * as root\nallow * to * as app for all", Q(.own = "")), 2);
	assert_int_equal(line_of(root, Q(.own = "")), -1);
	assert_int_equal(line_of("deny * to * as app\nallow * to * as app,root for all", Q(.own = "nobody")), -1);
	assert_int_equal(line_of("deny * to * as app\nallow * to * as app,root for all",
				 Q(.own = "nobody", .root_inside = true)),
			 -1);
	/* With any group, unless one is named. */
	assert_int_equal(line_of("deny * to * as app\nallow * to * as * for all", Q(.user = "app:adm")), -1);
	assert_int_equal(line_of("deny * to * as app:adm\nallow * to * as * for all", Q(.user = "app")), 2);
	assert_int_equal(line_of("deny * to * as app:adm\nallow * to * as * for all", Q(.user = "app:adm")), -1);
	assert_int_equal(line_of("deny * to * as *\nallow * to * as * for all", Q(.user = "app")), -1);
	assert_int_equal(line_of("deny * to * as root\nallow * to * as * for all", Q(.user = ":adm")), -1);
	/* A later rule does not take over with another user when the first one fails at the last moment. */
	assert_int_equal(line_of("allow * to * as app for all\nallow * to * as root for all",
				 Q(.own = "app", .root_inside = true)),
			 0);
	assert_int_equal(
		line_of("allow * to * as app for all\nallow * to * as app,root for all", Q(.root_inside = true)), 2);
}

static void verbs_are_what_the_rule_is_for(void **state)
{
	(void)state;
	static const char *const names[] = {"exec",   "shell", "logs",	 "debug",   "show", "top",  "stats", "wait",
					    "signal", "cp",    "backup", "restore", "sftp", "dial", "diff"};
	char text[64];
	assert_int_equal(POLICY_VERBS_ALL, (1 << ARRAY_SIZE(names)) - 1);
	assert_int_equal(POLICY_DIFF, 1 << (ARRAY_SIZE(names) - 1));
	for (unsigned rule = 0; rule < ARRAY_SIZE(names); rule++) {
		for (unsigned verb = 0; verb < ARRAY_SIZE(names); verb++) {
			enum policy_verb asked = (enum policy_verb)(1u << verb);
			snprintf(text, sizeof(text), "allow * to * as * for %s", names[rule]);
			assert_int_equal(line_of(text, Q(.verb = asked)), rule == verb);
			snprintf(text, sizeof(text), "deny * to * for %s", names[rule]);
			assert_int_equal(line_of(text, Q(.verb = asked)), rule == verb ? -1 : 0);
		}
		ALLOWED("allow * to * as * for all", .verb = (enum policy_verb)(1u << rule));
	}
}

static void users_do_not_count_where_nothing_is_entered(void **state)
{
	(void)state;
	static const enum policy_verb told[] = {POLICY_LOGS,  POLICY_SHOW, POLICY_TOP,
						POLICY_STATS, POLICY_WAIT, POLICY_DIFF};
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		ALLOWED("allow * to * as b for all", .verb = told[i], .own = "root");
		ALLOWED("allow * to * as b for all", .verb = told[i], .user = "c");
		ALLOWED("allow * to * as b for all", .verb = told[i], .root_inside = true);
		assert_int_equal(
			line_of("deny * to * as root\nallow * to * as * for all", Q(.verb = told[i], .own = "root")),
			2);
		assert_int_equal(line_of("deny * to * as *\nallow * to * as * for all", Q(.verb = told[i])), -1);
		assert_int_equal(line_of("deny * to *\nallow * to * as * for all", Q(.verb = told[i])), -1);
	}
	ALLOWED("allow * to * for logs,show,top,stats,wait,diff", .verb = POLICY_DIFF);
	/* A signal is sent as somebody. */
	NO_RULE("allow * to * as b for all", .verb = POLICY_SIGNAL, .user = "c");
	struct policy_decision d;
	cleanup_free struct policy *p = must_load("allow * to * as b for all");
	decide(p, &Q(.verb = POLICY_LOGS, .user = "c"), &d);
	assert_true(d.allow && !d.user);
}

static bool port_is(const char *with, const char *host, uint16_t port)
{
	char text[256];
	struct policy_decision d;
	snprintf(text, sizeof(text), "allow * to * as * for dial%s", with);
	cleanup_free struct policy *p = must_load(text);
	decide(p, &Q(.verb = POLICY_DIAL), &d);
	assert_true(d.allow);
	return policy_port_allowed(p, &d, host, port);
}

static void ports_are_the_containers_own_unless_named(void **state)
{
	(void)state;
	static const char own[] = "", ports[] = " with ports=5432:8000-8099:db/6379:10.0.0.1/1-1024:*/443";
	assert_true(port_is(own, NULL, 1) && port_is(own, "", 65535));
	assert_true(port_is(own, "127.0.0.1", 80) && port_is(own, "::1", 80));
	assert_false(port_is(own, "", 0));
	/* What the container calls so is the container's to say. */
	assert_false(port_is(own, "localhost", 80) || port_is(own, "127.0.0.2", 80) || port_is(own, "db", 80));

	assert_true(port_is(ports, "", 5432) && port_is(ports, "127.0.0.1", 8000) && port_is(ports, NULL, 8099));
	assert_false(port_is(ports, "", 5433) || port_is(ports, "", 7999) || port_is(ports, "", 8100));
	assert_false(port_is(ports, "", 6379) || port_is(ports, "db", 5432));
	assert_true(port_is(ports, "db", 6379));
	assert_false(port_is(ports, "DB", 6379) || port_is(ports, "db.", 6379) || port_is(ports, "xdb", 6379));
	assert_true(port_is(ports, "10.0.0.1", 1) && port_is(ports, "10.0.0.1", 1024));
	assert_false(port_is(ports, "10.0.0.1", 1025) || port_is(ports, "10.0.0.2", 1));
	assert_true(port_is(ports, "", 443) && port_is(ports, "example.org", 443) && port_is(ports, "::2", 443));
	/* Named is that one, not the container. */
	assert_false(port_is(" with ports=db/80", "", 80));
	assert_true(port_is(" with ports=127.0.0.1/80", "127.0.0.1", 80));
}

static void ports_and_signals_are_those_of_the_deciding_rule(void **state)
{
	(void)state;
	struct policy_decision d;
	cleanup_free struct policy *p =
		must_load("deny user:x to * for dial\nallow * to web as * for all with ports=80");
	decide(p, &Q(.verb = POLICY_DIAL), &d);
	assert_true(d.allow && policy_port_allowed(p, &d, "", 80) && policy_signal_allowed(p, &d, 9));
	d.allow = false;
	assert_false(policy_port_allowed(p, &d, "", 80) || policy_signal_allowed(p, &d, 9));
	d.allow = true;
	d.rule = 2;
	assert_false(policy_port_allowed(p, &d, "", 80) || policy_signal_allowed(p, &d, 9));
}

static bool signal_is(const char *with, uint32_t number)
{
	char text[256];
	struct policy_decision d;
	snprintf(text, sizeof(text), "allow * to * as * for signal%s", with);
	cleanup_free struct policy *p = must_load(text);
	decide(p, &Q(.verb = POLICY_SIGNAL), &d);
	assert_true(d.allow);
	return policy_signal_allowed(p, &d, number);
}

static void signals_are_those_that_are_named(void **state)
{
	(void)state;
	static const char some[] = " with signals=HUP:SIGUSR1:34:RTMIN+2:64:term";
	static const uint32_t named[] = {1, 10, 34, 36, 64, 15};
	for (uint32_t n = 1; n <= 64; n++) {
		bool is_named = false;
		for (size_t i = 0; i < ARRAY_SIZE(named); i++)
			is_named |= named[i] == n;
		assert_int_equal(signal_is(some, n), is_named);
		assert_true(signal_is("", n));
	}
	assert_false(signal_is("", 0) || signal_is("", 65) || signal_is(some, 0) || signal_is(some, 65));
}

static void read_only_is_told(void **state)
{
	(void)state;
	struct policy_decision d;
	cleanup_free struct policy *p = must_load("allow * to * as * for cp,sftp with read-only");
	decide(p, &Q(.verb = POLICY_CP), &d);
	assert_true(d.allow && d.with.flags == POLICY_READ_ONLY);
}

static void commands_fit_word_by_word(void **state)
{
	(void)state;
	static const char dump[] =
		"allow * to * as * for exec run psql run \"pg_dump *\" run \"ls -l '/srv/my files/*' ?\"";
	ALLOWED(dump, .argv = {"psql"});
	NO_RULE(dump, .argv = {"psql", ""});
	NO_RULE(dump, .argv = {"psql", "-c", "\\! sh"});
	NO_RULE(dump, .argv = {"/tmp/psql"});
	NO_RULE(dump, .argv = {"psql "});
	NO_RULE(dump, .argv = {"sh", "-c", "psql"});
	ALLOWED(dump, .argv = {"pg_dump"});
	ALLOWED(dump, .argv = {"pg_dump", "-t", "x y", ""});
	NO_RULE(dump, .argv = {"pg_dumpall"});
	NO_RULE(dump, .argv = {"pg_dump -t"});
	ALLOWED(dump, .argv = {"ls", "-l", "/srv/my files/a/b", "x"});
	NO_RULE(dump, .argv = {"ls", "-l", "/srv/my files/a/b", "xy"});
	NO_RULE(dump, .argv = {"ls", "-l", "/srv/my files/a/b"});
	NO_RULE(dump, .argv = {"ls", "-l", "/srv/my", "files/a/b"});
	/* In the middle, and not alone, * is one word. */
	ALLOWED("allow * to * as * for exec run \"a * b*\"", .argv = {"a", "x y", "bc"});
	NO_RULE("allow * to * as * for exec run \"a * b*\"", .argv = {"a", "x", "y", "bc"});
	NO_RULE("allow * to * as * for exec run \"a * b*\"", .argv = {"a", "b"});
	NO_RULE("allow * to * as * for exec run \"a b*\"", .argv = {"a", "b", "c"});
	ALLOWED("allow * to * as * for exec run *", .argv = {"anything", "at all"});
	NO_RULE("allow * to * as * for exec run *", .no_argv = true);
	NO_RULE("allow * to * as * for exec run *", .no_argv = true, .verb = POLICY_SHELL);
	ALLOWED("allow * to * as * for exec run \"a ''\"", .argv = {"a", ""});
}

static void run_holds_for_the_tools_of_debug_and_not_for_their_shell(void **state)
{
	(void)state;
	static const char trace[] = "allow * to * as * for debug run \"strace -c -p ?*\"";
	ALLOWED(trace, .verb = POLICY_DEBUG, .argv = {"strace", "-c", "-p", "1"});
	NO_RULE(trace, .verb = POLICY_DEBUG, .argv = {"strace", "-c", "-p", "1", "sh"});
	NO_RULE(trace, .verb = POLICY_DEBUG, .argv = {"gdb", "-p", "1"});
	NO_RULE(trace, .verb = POLICY_DEBUG, .no_argv = true);
	NO_RULE("allow * to * as * for debug run *", .verb = POLICY_DEBUG, .no_argv = true);
	ALLOWED("allow * to * as * for debug", .verb = POLICY_DEBUG, .no_argv = true);
	/* Who may debug may not run what the container has, nor the other way round. */
	NO_RULE(trace, .argv = {"strace", "-c", "-p", "1"});
	NO_RULE("allow * to * as * for exec run *", .verb = POLICY_DEBUG, .argv = {"strace"});
	NO_RULE("allow * to * as * for exec,shell,logs", .verb = POLICY_DEBUG, .argv = {"strace"});
	ALLOWED("allow * to * as * for exec,debug run ps", .verb = POLICY_DEBUG, .argv = {"ps"});
	ALLOWED("allow * to * as * for exec,debug run ps", .argv = {"ps"});
}

static void check_toolboxes(const char *text, const char *first, const char *allowed, const char *refused)
{
	struct policy_decision d;
	cleanup_free struct policy *p = must_load(text);
	decide(p, &Q(.verb = POLICY_DEBUG), &d);
	assert_true(d.allow);
	assert_string_equal(policy_toolbox_first(p, &d), first);
	assert_true(policy_toolbox_allowed(p, &d, first));
	assert_true(policy_toolbox_allowed(p, &d, allowed));
	assert_false(policy_toolbox_allowed(p, &d, refused));
	assert_false(policy_toolbox_allowed(p, &d, ""));
}

static void a_rule_names_the_toolboxes_that_it_lets_in(void **state)
{
	(void)state;
	check_toolboxes("allow * to * as * for debug", "default", "default", "gdb");
	check_toolboxes("allow * to * as * for all with timeout=1h", "default", "default", "gdb");
	check_toolboxes("allow * to * as * for debug with toolbox=gdb", "gdb", "gdb", "default");
	check_toolboxes("allow * to * as * for debug with toolbox=b.2:a_1-x,rw", "b.2", "a_1-x", "default");
	/* The rule that decides, and no other. */
	check_toolboxes("allow * to * as * for exec with toolbox=a\nallow * to * as * for debug with toolbox=b", "b",
			"b", "a");
	struct policy_decision d;
	cleanup_free struct policy *denied = must_load("deny * to *"), *empty = must_load("");
	decide(denied, &Q(.verb = POLICY_DEBUG), &d);
	assert_false(policy_toolbox_allowed(denied, &d, "default"));
	decide(empty, &Q(.verb = POLICY_DEBUG), &d);
	assert_false(policy_toolbox_allowed(empty, &d, "default"));
	assert_string_equal(policy_toolbox_first(empty, &d), "default");
}

static void writing_to_the_container_s_files_is_granted_apart(void **state)
{
	(void)state;
	struct policy_decision d;
	cleanup_free struct policy *with = must_load("allow * to * as * for debug with rw"),
				   *without = must_load("allow * to * as * for all with privileged");
	decide(with, &Q(.verb = POLICY_DEBUG), &d);
	assert_true(d.with.flags & POLICY_RW);
	decide(without, &Q(.verb = POLICY_DEBUG), &d);
	assert_false(d.with.flags & POLICY_RW);
}

static void from_needs_an_address_inside(void **state)
{
	(void)state;
	static const char four[] = "allow * to * as * for all from 10.0.0.0/8,192.0.2.7";
	ALLOWED(four, .address = "10.255.0.1");
	ALLOWED(four, .address = "192.0.2.7");
	ALLOWED(four, .address = "::ffff:10.0.0.1");
	NO_RULE(four, .address = "11.0.0.1");
	NO_RULE(four, .address = "192.0.2.6");
	NO_RULE(four, .address = "::1");
	NO_RULE(four, .key = "k");
	ALLOWED("allow * to * as * for all from 2001:db8::/33", .address = "2001:db8:7fff::1");
	NO_RULE("allow * to * as * for all from 2001:db8::/33", .address = "2001:db8:8000::1");
	ALLOWED("allow * to * as * for all from fe80::/10", .address = "fe80::1%eth0");
	/* Everywhere in IPv6 is nowhere in IPv4. */
	NO_RULE("allow * to * as * for all from ::/0", .address = "10.0.0.1");
	NO_RULE("allow * to * as * for all from 0.0.0.0/0", .address = "::1");
	NO_RULE("deny * to * from ::/0", .key = "k");
}

static void addresses_are_read_strictly(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",		  "localhost",	"10.0.0",
					    "10.0.0.1/8", "010.0.0.1x", "10.0.0.1%eth0",
					    "fe80::1%",	  "::g",	"1:2:3:4:5:6:7:8:9"};
	struct in6_addr a;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(policy_address_parse(wrong[i], &a), -EINVAL);
}

/* 2027-01-31 was a Sunday. */
static const int64_t sunday = 1801353600;

static void dates_are_local_and_include_their_day(void **state)
{
	(void)state;
	static const char until[] = "allow * to * as * for all until 2027-01-31",
			  after[] = "allow * to * as * for all after 2027-01-31";
	enum { DAY = 86400, HOUR = 3600 };
	ALLOWED(until, .now = sunday - 1);
	ALLOWED(until, .now = sunday + DAY - 1);
	NO_RULE(until, .now = sunday + DAY);
	NO_RULE(after, .now = sunday - 1);
	ALLOWED(after, .now = sunday);
	/* An hour east the day begins an hour earlier. */
	ALLOWED(after, .now = sunday - HOUR, .offset = HOUR);
	NO_RULE(until, .now = sunday + DAY - HOUR, .offset = HOUR);
	ALLOWED(until, .now = sunday + DAY + HOUR - 1, .offset = -HOUR);
	NO_RULE("allow * to * as * for all until 2027-01-31T18:00", .now = sunday + 18 * HOUR);
	ALLOWED("allow * to * as * for all until 2027-01-31T18:00", .now = sunday + 18 * HOUR - 1);
	ALLOWED("allow * to * as * for all after 2028-02-29T24:00", .now = 1835481600);
	NO_RULE("allow * to * as * for all after 2028-02-29T24:00", .now = 1835481599);
}

static void hours_may_pass_midnight(void **state)
{
	(void)state;
	enum { DAY = 86400, HOUR = 3600, MONDAY = DAY };
	static const char office[] = "allow * to * as * for all hours mon-fri/08:00-18:00";
	NO_RULE(office, .now = sunday + 12 * HOUR);
	NO_RULE(office, .now = sunday + MONDAY + 8 * HOUR - 1);
	ALLOWED(office, .now = sunday + MONDAY + 8 * HOUR);
	ALLOWED(office, .now = sunday + MONDAY + 18 * HOUR - 1);
	NO_RULE(office, .now = sunday + MONDAY + 18 * HOUR);
	ALLOWED(office, .now = sunday + 5 * DAY + 12 * HOUR);
	NO_RULE(office, .now = sunday + 6 * DAY + 12 * HOUR);
	ALLOWED(office, .now = sunday + MONDAY + 7 * HOUR, .offset = HOUR);
	static const char night[] = "allow * to * as * for all hours sun/22:00-06:00";
	NO_RULE(night, .now = sunday + 6 * HOUR - 1);
	ALLOWED(night, .now = sunday + 22 * HOUR);
	ALLOWED(night, .now = sunday + DAY + 6 * HOUR - 1);
	NO_RULE(night, .now = sunday + DAY + 6 * HOUR);
	ALLOWED("allow * to * as * for all hours 01:00-02:00,sat-mon/00:00-24:00", .now = sunday + DAY);
	NO_RULE("allow * to * as * for all hours 01:00-02:00,sat-mon/00:00-24:00", .now = sunday + 2 * DAY);
	/* Before 1970 there were days, too. */
	ALLOWED("allow * to * as * for all hours wed/23:00-24:00", .now = -1);
}

static void what_a_rule_permits_comes_with_the_decision(void **state)
{
	(void)state;
	struct policy_decision d;
	cleanup_free struct policy *p =
		must_load("allow key:a to * as * for exec with "
			  "record=input,tty,timeout=2h,idle=1.5s,sessions=3,ns=net:uts,cap-add=CHOWN:cap_kill,"
			  "privileged,env=LC_*:LANG\n"
			  "allow key:b to * as app for exec run true with detach,no-tty,cap-add=all,env=L?:L?_ORIGIN*\n"
			  "allow key:c to * as app for all with record");
	decide(p, &Q(.key = "a"), &d);
	assert_true(d.allow);
	assert_int_equal(d.with.flags, POLICY_RECORD | POLICY_RECORD_INPUT | POLICY_TTY | POLICY_PRIVILEGED);
	assert_int_equal(d.with.timeout_ms, 7200000);
	assert_int_equal(d.with.idle_ms, 1500);
	assert_int_equal(d.with.sessions, 3);
	assert_int_equal(d.with.ns, 1 << 1 | 1 << 3);
	assert_int_equal(d.with.cap_add, 1 << 0 | 1 << 5);
	assert_true(d.with.any_user);
	assert_false(d.with.by_run);
	assert_true(policy_env_allowed(p, &d, "LC_ALL", 6));
	assert_true(policy_env_allowed(p, &d, "LANG=x", 4));
	assert_false(policy_env_allowed(p, &d, "LANGUAGE", 8));
	decide(p, &Q(.key = "b"), &d);
	assert_int_equal(d.with.flags, POLICY_DETACH | POLICY_NO_TTY);
	assert_true(d.with.cap_add == UINT64_MAX);
	assert_false(d.with.any_user);
	assert_true(d.with.by_run);
	assert_true(policy_env_allowed(p, &d, "LX", 2));
	assert_false(policy_env_allowed(p, &d, "LD_ORIGIN_PATH", 14));
	decide(p, &Q(.key = "c"), &d);
	assert_int_equal(d.with.flags, POLICY_RECORD);
	assert_false(policy_env_allowed(p, &d, "LANG", 4));
	decide(p, &Q(.key = "z"), &d);
	assert_int_equal(d.rule, 3);
	assert_false(policy_env_allowed(p, &d, "LANG", 4));
}

static bool may(const char *text, struct question q)
{
	cleanup_free struct policy *p = must_load(text);
	struct asked k = make(&q);
	return policy_may(p, &k.s, k.a.now, k.a.utc_offset);
}

static void who_may_nothing_is_known_without_an_engine(void **state)
{
	(void)state;
	assert_false(may("", Q(.key = "a")));
	assert_false(may("allow key:b to * as * for all", Q(.key = "a")));
	assert_false(may("deny key:a to *\nallow * to * as * for all", Q(.key = "a")));
	assert_true(may("deny key:a to * for exec\nallow * to * as * for all", Q(.key = "a")));
	assert_true(may("deny key:a to web\nallow * to web as * for all", Q(.key = "a")));
	assert_false(may("allow * to * as * for all from 10.0.0.0/8", Q(.key = "a")));
	assert_false(may("allow * to * as * for all until 2027-01-31", Q(.now = sunday + 86400)));
	assert_true(may("allow * to * as * for all until 2027-01-31", Q(.now = sunday)));
}

/* Grants as "VERBS USERS RUNS WITH LINE;", lists with commas. */
static const char *grants_of(const char *text, struct question q)
{
	static char out[1024];
	struct policy_grant *g;
	cleanup_free struct policy *p = must_load(text);
	struct asked k = make(&q);
	int count = policy_grants(p, &k.s, &k.t, k.a.now, k.a.utc_offset, &g);
	assert_true(count >= 0);
	size_t at = 0;
	out[0] = '\0';
	for (int i = 0; i < count; i++) {
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%x", i ? "; " : "", g[i].verbs);
		char *const *const lists[] = {g[i].users, g[i].runs, g[i].with};
		for (int j = 0; j < 3; j++)
			for (size_t n = 0; lists[j] && lists[j][n]; n++)
				at += (size_t)snprintf(out + at, sizeof(out) - at, "%c%s", n ? ',' : " :/"[j],
						       lists[j][n]);
		at += (size_t)snprintf(out + at, sizeof(out) - at, " %u", g[i].line);
	}
	policy_grants_free(g, count);
	return out;
}
#define GRANTS(is, text, ...) assert_string_equal(grants_of(text, Q(__VA_ARGS__)), is)

static void grants_are_what_may_be_done(void **state)
{
	(void)state;
	GRANTS("", "", .key = "a");
	GRANTS("", "deny * to web\nallow * to * as * for all", .key = "a");
	GRANTS("1 app 1; 7fff root,x/record,timeout=2h 2",
	       "allow * to * as app for exec\nallow * to * as root,x for all with record,timeout=2h", .key = "a");
	GRANTS("1 app:psql,pg_dump * 1", "allow * to * as app for exec run psql run 'pg_dump *'", .key = "a");
	/* Covered by an earlier one. */
	GRANTS("7fff * 1", "allow * to * as * for all\nallow * to * as app for exec", .key = "a");
	GRANTS("3 app,b 1", "allow * to * as app,b for exec,shell\nallow * to * as b for exec run x", .key = "a");
	GRANTS("1 b:x 1; 1 b 2", "allow * to * as b for exec run x\nallow * to * as b for exec", .key = "a");
	GRANTS("1 b:x 1; 1 b:y 2", "allow * to * as b for exec run x\nallow * to * as b for exec run y", .key = "a");
	/* What is denied before. */
	GRANTS("3 app 2", "deny * to * for logs,debug\nallow * to * as app for exec,shell,logs,debug", .key = "a");
	GRANTS("7fff app 2", "deny * to * as root\nallow * to * as app,root for all", .key = "a");
	GRANTS("", "deny * to * as root\nallow * to * as root for exec,cp", .key = "a");
	GRANTS("", "deny * to * as * for exec\nallow * to * as root for exec", .key = "a");
	/* What enters nothing has no user who could be denied, or could differ. */
	GRANTS("40f4 2", "deny * to * as root\nallow * to * as root for all", .key = "a");
	GRANTS("5 a 1; 1 b 2",
	       "allow * to * as a for exec,logs\nallow * to * as b for exec\nallow * to * as b for logs", .key = "a");
	GRANTS("4 1", "allow * to * for logs", .key = "a");
	GRANTS("", "deny * to * as *\nallow * to * as root for all", .key = "a");
	GRANTS("1 app 1", "allow * to * as app for exec\ndeny * to *\nallow * to * as * for all", .key = "a");
	GRANTS("7fff app 2", "deny * to * from 10.0.0.0/8\nallow * to * as app for all", .key = "a");
	GRANTS("", "deny * to * from 10.0.0.0/8\nallow * to * as app for all", .address = "10.0.0.1");
}

static void subjects_can_be_named(void **state)
{
	(void)state;
	struct policy_subject s;
	struct policy_as room;
	struct error err;
	assert_int_equal(policy_subject_parse("key:dev", &room, &s, &err), 0);
	assert_true(s.gate);
	assert_string_equal(s.key, "dev");
	assert_int_equal(policy_subject_parse(PRINT, &room, &s, &err), -EINVAL);
	char text[64];
	snprintf(text, sizeof(text), "key:%s", PRINT);
	assert_int_equal(policy_subject_parse(text, &room, &s, &err), 0);
	assert_null(s.key);
	assert_string_equal(s.fingerprint, PRINT);
	assert_int_equal(policy_subject_parse("principal:oncall", &room, &s, &err), 0);
	assert_true(s.gate);
	assert_string_equal(s.principals[0], "oncall");
	assert_null(s.principals[1]);
	assert_int_equal(policy_subject_parse("user:ci", &room, &s, &err), 0);
	assert_false(s.gate);
	assert_string_equal(s.user, "ci");
	assert_true(s.uid == (uid_t)-1);
	assert_int_equal(policy_subject_parse("user:7", &room, &s, &err), 0);
	assert_null(s.user);
	assert_int_equal(s.uid, 7);
	assert_int_equal(policy_subject_parse("group:ops", &room, &s, &err), 0);
	assert_string_equal(s.groups[0], "ops");
	assert_int_equal(s.gid_count, 0);
	assert_int_equal(policy_subject_parse("group:7", &room, &s, &err), 0);
	assert_null(s.groups[0]);
	assert_int_equal(s.gid_count, 1);
	assert_int_equal(s.gids[0], 7);
	static const char *const wrong[] = {"", "dev", "key:", "User:a", "*", "user:4294967295", ":a"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(policy_subject_parse(wrong[i], &room, &s, &err), -EINVAL);
}

/* Whatever is in a block, reading it stays inside of it. */
static void a_damaged_block_is_read_without_harm(void **state)
{
	(void)state;
	cleanup_free struct policy *p = must_load(
		"trust labels\ndeny key:a to label:a=b,compose:a/b,id:0123456789ab as x from 10.0.0.0/8 hours "
		"01:00-02:00\n"
		"allow key:k,user:u to web,image:x as app,root:a for exec run 'true *' run x with env=A:B,record\n");
	size_t size = policy_size(p);
	struct asked k = make(&Q(.key = "k", .labels = {"com.docker.compose.project=a"}, .address = "::1"));
	for (size_t at = 16; at + 4 <= size; at += 4) {
		static const uint32_t values[] = {0, 1, 0x7fffffff, 0xfffffff0, 0xffffffff};
		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			cleanup_free char *bad = malloc(size);
			memcpy(bad, p, size);
			memcpy(bad + at, &values[v], 4);
			const struct policy *q = policy_attach(bad, size);
			struct policy_decision d;
			struct policy_grant *g;
			if (!q)
				continue;
			policy_decide(q, &k.s, &k.t, &k.a, &d);
			policy_env_allowed(q, &d, "A", 1);
			policy_may(q, &k.s, 0, 0);
			policy_is_gate(q, "x");
			int count = policy_grants(q, &k.s, &k.t, 0, 0, &g);
			policy_grants_free(g, count);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(nothing_matching_means_no),
		IT(the_first_match_decides),
		IT(a_gate_is_known_by_its_key_alone),
		IT(each_kind_of_subject_matches_its_own),
		IT(targets_are_the_resolved_facts),
		IT(nothing_known_matches_no_pattern),
		IT(labels_match_by_key_and_value),
		IT(compose_is_project_and_service_of_one_engine),
		IT(the_user_is_one_of_the_rule),
		IT(root_inside_needs_root_in_the_rule),
		IT(a_deny_rule_sees_the_user_that_would_enter),
		IT(verbs_are_what_the_rule_is_for),
		IT(users_do_not_count_where_nothing_is_entered),
		IT(ports_are_the_containers_own_unless_named),
		IT(ports_and_signals_are_those_of_the_deciding_rule),
		IT(signals_are_those_that_are_named),
		IT(read_only_is_told),
		IT(commands_fit_word_by_word),
		IT(run_holds_for_the_tools_of_debug_and_not_for_their_shell),
		IT(a_rule_names_the_toolboxes_that_it_lets_in),
		IT(writing_to_the_container_s_files_is_granted_apart),
		IT(from_needs_an_address_inside),
		IT(addresses_are_read_strictly),
		IT(dates_are_local_and_include_their_day),
		IT(hours_may_pass_midnight),
		IT(what_a_rule_permits_comes_with_the_decision),
		IT(who_may_nothing_is_known_without_an_engine),
		IT(grants_are_what_may_be_done),
		IT(subjects_can_be_named),
		IT(a_damaged_block_is_read_without_harm),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "keys.h"
#include "lib/base/text.h"
#include "lib/gate/authkey.h"
#include "lib/gate/forced.h"
#include "lib/gate/registry.h"
#include "lib/gate/registry_check.h"

#define GATE CENTERCTL_BINDIR "/centerctl-gate"
#define KEY  samples[0].type, samples[0].key
/* A key that is none of the samples. */
#define AUTHORITY "AAAAC3NzaC1lZDI1NTE5AAAAIHQesQouMKjq5RnrNgsDL5wphLca/bzx6PkQAnFY52I0"

static int parse(struct authkey *k, struct error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int parse(struct authkey *k, struct error *err, const char *format, ...)
{
	char line[8192];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	authkey_done(k);
	return authkey_parse(line, (size_t)len, k, err);
}

static void the_parts_of_a_line(void **state)
{
	(void)state;
	cleanup_authkey struct authkey k = {0};
	assert_int_equal(parse(&k, NULL, "%s %s", KEY), 0);
	assert_null(k.options);
	assert_null(k.command);
	assert_string_equal(k.comment, "");
	assert_int_equal(parse(&k, NULL, "\t %s  %s \t a comment, with \"quotes\"  \r", KEY), 0);
	assert_string_equal(k.comment, "a comment, with \"quotes\"");
	assert_int_equal(parse(&k, NULL, "restrict,pty,command=\"" GATE " anna --container web\" %s %s x", KEY), 0);
	assert_int_equal(strv_len(k.options), 3);
	assert_true(k.restricted);
	assert_true(k.gate);
	assert_string_equal(k.name, "anna");
	assert_string_equal(k.container, "web");
	assert_int_equal(parse(&k, NULL, "Restrict,cert-authority %s %s", KEY), 0);
	assert_true(k.restricted);
	assert_true(k.authority);
}

static void quotes_in_options_hide_blanks_and_commas(void **state)
{
	(void)state;
	cleanup_authkey struct authkey k = {0};
	assert_int_equal(parse(&k, NULL, "from=\"a b,c\",command=\"echo \\\"x y\\\" \\\\ z\",pty %s %s", KEY), 0);
	assert_int_equal(strv_len(k.options), 3);
	assert_string_equal(k.options[0], "from=\"a b,c\"");
	assert_string_equal(k.command, "echo \"x y\" \\\\ z");
	assert_false(k.gate);
}

static void empty_lines_and_comments_are_nothing(void **state)
{
	(void)state;
	cleanup_authkey struct authkey k = {0};
	static const char *const nothing[] = {"", " ", "\t", "# x", "  # ssh-ed25519 AAAA", "\r"};
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++)
		assert_int_equal(parse(&k, NULL, "%s", nothing[i]), -ENODATA);
}

static void what_is_no_line_is_refused(void **state)
{
	(void)state;
	cleanup_authkey struct authkey k = {0};
	struct error err;
	assert_int_equal(parse(&k, &err, "ssh-ed25519"), -EINVAL);
	assert_int_equal(parse(&k, &err, "restrict"), -EINVAL);
	assert_int_equal(parse(&k, &err, "command=\"x %s %s", KEY), -EINVAL);
	assert_non_null(strstr(err.text, "no end"));
	assert_int_equal(parse(&k, &err, ",pty %s %s", KEY), -EINVAL);
	assert_int_equal(parse(&k, &err, "pty, %s %s", KEY), -EINVAL);
	assert_int_equal(parse(&k, &err, "command=\"a\",command=\"b\" %s %s", KEY), -EINVAL);
	assert_int_equal(parse(&k, &err, "command=a %s %s", KEY), -EINVAL);
	assert_int_equal(parse(&k, &err, "command=\"a\"b %s %s", KEY), -EINVAL);
	assert_int_equal(parse(&k, &err, "ssh-rsa %s", samples[0].key), -EINVAL);
	assert_int_equal(parse(&k, &err, "%s %s!", KEY), -EINVAL);
	char line[512];
	int len = snprintf(line, sizeof(line), "%s %s a?b", KEY);
	line[len - 2] = '\0';
	assert_int_equal(authkey_parse(line, (size_t)len, &k, &err), -EINVAL);
	assert_non_null(strstr(err.text, "NUL"));
}

static void a_forced_command_that_is_not_the_gates_has_no_name(void **state)
{
	(void)state;
	cleanup_authkey struct authkey k = {0};
	static const char *const others[] = {
		"echo " GATE " anna", GATE " anna; id",	  GATE " 'an na'",  "centerctl-gate anna",
		GATE "x anna",	      "/bin/sh -c " GATE, GATE " -- -anna", GATE " anna bob",
		GATE " --no-such",    GATE " .anna",	  GATE " $USER",
	};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		assert_int_equal(parse(&k, NULL, "restrict,command=\"%s\" %s %s", others[i], KEY), 0);
		assert_false(k.gate);
		assert_null(k.name);
	}
	/* An installation that has moved still says who it was. */
	assert_int_equal(parse(&k, NULL, "command=\"/opt/old/centerctl-gate anna\" %s %s", KEY), 0);
	assert_string_equal(k.name, "anna");
}

static void names_are_plain(void **state)
{
	(void)state;
	char longest[66];
	memset(longest, 'a', 65);
	longest[65] = '\0';
	assert_false(gate_is_name(longest));
	longest[64] = '\0';
	assert_true(gate_is_name(longest));
	static const char *const good[] = {"a", "dev-laptop", "anna@example.org", "A.b_c+d-e", "0"};
	static const char *const bad[] = {"", "-a", ".a", "_a", "@a", "a b", "a/b", "a:b", "a*", "a\"", "\xc3\xa9"};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(gate_is_name(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(gate_is_name(bad[i]));
}

static void a_written_line_is_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		cleanup_authkey struct authkey first = {0}, k = {0};
		cleanup_buf struct buf b = {0};
		assert_int_equal(parse(&first, NULL, "%s %s", samples[i].type, samples[i].key), 0);
		authkey_format(&first.key, "anna", i % 2 ? "web" : NULL, "a\x1b[31m b\nssh-rsa \xff", &b);
		assert_int_equal(b.data[b.len - 1], '\n');
		assert_null(memchr(b.data, '\n', b.len - 1));
		assert_int_equal(authkey_parse(b.data, b.len - 1, &k, NULL), 0);
		assert_true(key_equal(&first.key, &k.key));
		assert_true(k.restricted);
		assert_string_equal(k.name, "anna");
		assert_true(i % 2 ? str_eq(k.container, "web") : !k.container);
		assert_string_equal(k.comment, "a[31m bssh-rsa");
	}
}

static void forced(struct forced *f, int expected, char *const argv[])
{
	int argc = 0;
	while (argv[argc])
		argc++;
	forced_done(f);
	assert_int_equal(forced_parse(argc, argv, "/own/path", f, NULL), expected);
}
#define W(text)	  ((char *)(text))
#define ARGV(...) ((char *[]){__VA_ARGS__, NULL})

static void the_gate_is_started_in_three_ways(void **state)
{
	(void)state;
	cleanup_forced struct forced f = {0};
	forced(&f, 0, ARGV(W("centerctl-gate"), W("anna"), W("--container"), W("web")));
	assert_string_equal(f.name, "anna");
	assert_string_equal(f.container, "web");
	forced(&f, 0, ARGV(W("centerctl-gate"), W("--container=web"), W("anna")));
	assert_string_equal(f.name, "anna");
	forced(&f, 0, ARGV(W("centerctl-gate"), W("-c"), W(GATE " anna")));
	assert_string_equal(f.name, "anna");
	forced(&f, 0, ARGV(W("centerctl-gate"), W("-c"), W("/own/path 'anna'")));
	assert_string_equal(f.name, "anna");
	forced(&f, 0, ARGV(W("centerctl-gate"), W("-c"), W(GATE)));
	assert_null(f.name);
	assert_false(f.login);
	forced(&f, 0, ARGV(W("centerctl-gate"), W("-c"), W(GATE " anna --principals 'a,b@c,d e' --container=web")));
	assert_string_equal(f.name, "anna");
	assert_string_equal(f.container, "web");
	assert_int_equal(strv_len(f.principals), 3);
	assert_string_equal(f.principals[0], "a");
	assert_string_equal(f.principals[1], "b@c");
	assert_string_equal(f.principals[2], "d e");
	forced(&f, 0, ARGV(W("-centerctl-gate")));
	assert_true(f.login);
	forced(&f, -EINVAL, ARGV(NULL));
}

static void a_text_that_is_no_forced_command_of_ours_is_refused(void **state)
{
	(void)state;
	cleanup_forced struct forced f = {0};
	static const char *const texts[] = {
		"",
		"exec web id",
		"anna",
		"centerctl-gate anna",
		"/elsewhere/centerctl-gate anna",
		GATE "\tanna;id",
		GATE " $(id)",
		GATE " 'anna",
		"id; " GATE " anna",
		GATE "\nanna",
		GATE "/ anna",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		forced(&f, -EPERM, ARGV(W("centerctl-gate"), W("-c"), W(texts[i])));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " anna bob")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " -c x")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " anna --container we/b")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " anna\x1b")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " --principals ''")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " --principals a,,b")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " --principals a,")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " --principals a --principals b")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("-c"), W(GATE " anna"), W("x")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("anna"), W("bob")));
	forced(&f, -EINVAL, ARGV(W("centerctl-gate"), W("")));
}

struct text {
	char data[65536];
	size_t len;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	t->len += (size_t)vsnprintf(t->data + t->len, sizeof(t->data) - t->len, format, args);
	va_end(args);
}

static void registered(struct text *t, const char *name, const struct sample *s)
{
	add(t, "restrict,pty,command=\"" GATE " %s\" %s %s\n", name, s->type, s->key);
}

static const char *name_of(const struct registry *r, const struct sample *s, struct authkey *room)
{
	cleanup_key struct key k = {0};
	authkey_done(room);
	assert_int_equal(key_parse_text(s->type, strlen(s->type), s->key, strlen(s->key), &k, NULL), 0);
	int found = registry_find_key(r, &k, room);
	assert_true(found >= 0);
	return found ? room->name ? room->name : "(no name)" : NULL;
}

static void a_key_is_found_by_itself_and_by_its_name(void **state)
{
	(void)state;
	static struct text t;
	cleanup_authkey struct authkey k = {0};
	t.len = 0;
	add(&t, "# comment\n\nbroken line\n");
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		registered(&t, samples[i].name, &samples[i]);
	struct registry r = {.text = t.data, .len = t.len};
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		cleanup_authkey struct authkey by_name = {0};
		assert_string_equal(name_of(&r, &samples[i], &k), samples[i].name);
		assert_int_equal(registry_find_name(&r, samples[i].name, &by_name), 1);
		assert_true(key_equal(&k.key, &by_name.key));
	}
	cleanup_authkey struct authkey none = {0};
	assert_int_equal(registry_find_name(&r, "ed2551", &none), 0);
	assert_int_equal(registry_find_name(&r, "sk", &none), 0);
	/* Without its last newline, too. */
	r.len--;
	assert_string_equal(name_of(&r, &samples[7], &k), "dsa");
	r.len = 0;
	assert_null(name_of(&r, &samples[7], &k));
}

static void a_key_elsewhere_in_a_line_is_not_that_lines_key(void **state)
{
	(void)state;
	static struct text t;
	cleanup_authkey struct authkey k = {0};
	t.len = 0;
	add(&t, "# %s %s\n", KEY);
	add(&t, "restrict,command=\"" GATE " mallory\" %s %s %s\n", samples[1].type, samples[1].key, samples[0].key);
	add(&t, "restrict,environment=\"X=%s\",command=\"" GATE " eve\" %s %s\n", samples[0].key, samples[2].type,
	    samples[2].key);
	add(&t, "cert-authority,command=\"" GATE " ca\" %s %s\n", KEY);
	struct registry r = {.text = t.data, .len = t.len};
	assert_null(name_of(&r, &samples[0], &k));
	registered(&t, "anna", &samples[0]);
	registered(&t, "late", &samples[0]);
	r.len = t.len;
	assert_string_equal(name_of(&r, &samples[0], &k), "anna");
}

static void a_name_behind_the_options_is_found(void **state)
{
	(void)state;
	static struct text t;
	cleanup_authkey struct authkey k = {0}, none = {0};
	t.len = 0;
	add(&t, "restrict,command=\"" GATE " --container web anna\" %s %s bob\n", KEY);
	struct registry r = {.text = t.data, .len = t.len};
	assert_int_equal(registry_find_name(&r, "anna", &k), 1);
	assert_int_equal(registry_find_name(&r, "bob", &none), 0);
	assert_int_equal(registry_find_name(&r, "web", &none), 0);
}

struct findings {
	char text[4096];
	size_t len;
};

static void note(void *arg, size_t line, const char *text)
{
	struct findings *f = arg;
	f->len += (size_t)snprintf(f->text + f->len, sizeof(f->text) - f->len, "%zu: %s\n", line, text);
}

static long check(struct findings *f, const char *text)
{
	struct registry r = {.text = text, .len = strlen(text)};
	*f = (struct findings){0};
	return registry_check(&r, note, f);
}

static void a_good_file_has_no_findings(void **state)
{
	(void)state;
	static struct text t;
	struct findings f;
	t.len = 0;
	for (size_t i = 0; i < 7; i++)
		registered(&t, samples[i].name, &samples[i]);
	add(&t, "restrict,pty,cert-authority,principals=\"a\",command=\"" GATE " --principals a\" %s %s\n",
	    "ssh-ed25519", AUTHORITY);
	assert_int_equal(check(&f, t.data), 0);
	assert_int_equal(check(&f, ""), 0);
}

static void each_weakness_is_found_in_its_line(void **state)
{
	(void)state;
	static struct text t;
	struct findings f;
	t.len = 0;
	add(&t, "# comment\n%s %s\n", KEY);
	registered(&t, "dsa", &samples[7]);
	add(&t, "restrict,pty,port-forwarding,command=\"" GATE " tunnel\" %s %s\n", samples[1].type, samples[1].key);
	add(&t, "restrict,command=\"/bin/sh\" %s %s\nnonsense\n", samples[2].type, samples[2].key);
	add(&t, "restrict,command=\"/opt/centerctl-gate old\" %s %s\n", samples[3].type, samples[3].key);
	add(&t, "restrict,cert-authority,command=\"" GATE " all\" %s %s\n", samples[4].type, samples[4].key);
	registered(&t, "twice", &samples[0]);
	registered(&t, "twice", &samples[6]);
	assert_int_equal(check(&f, t.data), 11);
	static const char *const expected[] = {"2: there is no restrict",
					       "2: there is no command=",
					       "3: DSA keys",
					       "4: port-forwarding",
					       "5: the forced command is",
					       "6: sshd cannot use this",
					       "7: the forced command is not the installed",
					       "8: everybody whom this",
					       "8: there is no --principals",
					       "9: the key SHA256:",
					       "10: the name twice is in line 9"};
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (!strstr(f.text, expected[i]))
			fail_msg("\"%s\" is not in\n%s", expected[i], f.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(the_parts_of_a_line),
		IT(quotes_in_options_hide_blanks_and_commas),
		IT(empty_lines_and_comments_are_nothing),
		IT(what_is_no_line_is_refused),
		IT(a_forced_command_that_is_not_the_gates_has_no_name),
		IT(names_are_plain),
		IT(a_written_line_is_read_back),
		IT(the_gate_is_started_in_three_ways),
		IT(a_text_that_is_no_forced_command_of_ours_is_refused),
		IT(a_key_is_found_by_itself_and_by_its_name),
		IT(a_key_elsewhere_in_a_line_is_not_that_lines_key),
		IT(a_name_behind_the_options_is_found),
		IT(a_good_file_has_no_findings),
		IT(each_weakness_is_found_in_its_line),
	};
	return RUN(tests);
}

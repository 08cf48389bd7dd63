/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "keys.h"
#include "lib/base/text.h"
#include "lib/gate/identity.h"

#define GATE	CENTERCTL_BINDIR "/centerctl-gate"
#define W(text) ((char *)(text))

static char text[16384];

/* The registry: anna has the first key, db has the second one and is bound, and the third is without a name. */
static void registry_make(struct registry *r)
{
	static char lines[8192];
	int len = snprintf(lines, sizeof(lines),
			   "restrict,command=\"" GATE " anna\" %s %s\n"
			   "restrict,command=\"" GATE " db --container db\" %s %s\n"
			   "restrict,command=\"" GATE "\" %s %s\n",
			   samples[0].type, samples[0].key, samples[1].type, samples[1].key, samples[2].type,
			   samples[2].key);
	*r = (struct registry){.text = lines, .len = (size_t)len};
}

struct case_ {
	const char *name, *container; /* in the forced command */
	bool proved;
	int sample;		 /* of the key that was used; -1: not known */
	bool cert;		 /* it came in a certificate, with --principals oncall */
	const char *key, *bound; /* what comes out; key NULL: refused */
	const char *why;
};

static int find(const struct case_ *c, struct identity *i, char **container, struct error *err)
{
	struct registry r;
	cleanup_key struct key k = {0};
	char *oncall[] = {W("oncall"), NULL};
	struct forced f = {.name = W(c->name), .container = W(c->container), .principals = c->cert ? oncall : NULL};
	struct identity_sources from = {
		.forced = &f, .proved = c->proved, .connection = "10.1.2.3 4711 10.0.0.1 22", .registry = &r};
	registry_make(&r);
	if (c->sample >= 0) {
		const struct sample *s = &samples[c->sample];
		int r2 = c->cert ? key_parse_text(s->cert_type, strlen(s->cert_type), s->cert, strlen(s->cert), &k, err)
				 : key_parse_text(s->type, strlen(s->type), s->key, strlen(s->key), &k, err);
		assert_int_equal(r2, 0);
		from.key = &k;
		from.exposed = true;
	}
	return identity_find(&from, i, container, err);
}

static void identity_free(struct identity *i)
{
	struct request r = {.identity = *i};
	request_done(&r);
}

static void who_is_there(void **state)
{
	(void)state;
	static const struct case_ cases[] = {
		/* The registry decides. */
		{"anna", NULL, true, 0, false, "anna", NULL, NULL},
		{"anna", NULL, false, 0, false, "anna", NULL, NULL},
		{NULL, NULL, false, 0, false, "anna", NULL, NULL},
		{"bob", NULL, true, 0, false, NULL, NULL, "not the one"},
		{"db", NULL, true, 0, false, NULL, NULL, "not the one"},
		{"bob", NULL, false, 0, false, NULL, NULL, "not the one"},
		/* It binds, too. */
		{NULL, NULL, true, 1, false, "db", "db", NULL},
		{"db", "db", true, 1, false, "db", "db", NULL},
		{"db", "web", true, 1, false, NULL, NULL, "another container"},
		{"anna", "web", true, 0, false, "anna", "web", NULL},
		/* A key that it does not know. */
		{NULL, NULL, false, 3, false, "", NULL, NULL},
		{"carol", NULL, true, 3, false, "carol", NULL, NULL},
		{"carol", NULL, false, 3, false, NULL, NULL, "counts only with a command"},
		{"anna", NULL, true, 3, false, NULL, NULL, "registered for another key"},
		/* A key that it knows without a name. */
		{NULL, NULL, false, 2, false, "", NULL, NULL},
		{"anna", NULL, true, 2, false, NULL, NULL, "registered for another key"},
		{"carol", NULL, false, 2, false, NULL, NULL, "counts only with a command"},
		/* A certificate: the registry says nothing of its key, neither a name nor a container. */
		{NULL, NULL, true, 0, true, "", NULL, NULL},
		{NULL, NULL, true, 1, true, "", NULL, NULL},
		{NULL, "web", true, 1, true, "", "web", NULL},
		{"carol", NULL, true, 0, true, "carol", NULL, NULL},
		{"carol", NULL, true, 3, true, "carol", NULL, NULL},
		{"anna", NULL, true, 0, true, NULL, NULL, "registered for another key"},
		{"anna", NULL, true, 3, true, NULL, NULL, "registered for another key"},
		/* sshd says nothing of the key. */
		{"anna", NULL, true, -1, false, "anna", NULL, NULL},
		{"anna", "web", true, -1, false, "anna", "web", NULL},
		{"anna", NULL, false, -1, false, NULL, NULL, "ExposeAuthInfo yes"},
		{NULL, NULL, true, -1, false, NULL, NULL, "ExposeAuthInfo yes"},
		{NULL, NULL, false, -1, false, NULL, NULL, "ExposeAuthInfo yes"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct identity who;
		struct error err = ERROR_INIT;
		cleanup_free char *container = NULL;
		const struct case_ *c = &cases[i];
		int r = find(c, &who, &container, &err);
		if ((r == 0) != (c->key != NULL) || (c->key && strcmp(c->key, who.key) != 0) ||
		    (c->bound ? !str_eq(c->bound, container) : r == 0 && container != NULL) ||
		    (c->why && !strstr(err.text, c->why)))
			fail_msg("case %zu: %d \"%s\" %s: %s", i, r, r == 0 ? who.key : "", container, err.text);
		if (r == 0) {
			assert_string_equal(who.address, "10.1.2.3");
			assert_int_equal(who.port, 4711);
			assert_string_equal(who.fingerprint, c->sample >= 0 ? samples[c->sample].fingerprint : "");
			assert_int_equal(strv_len(who.principals), c->cert ? 1 : 0);
			assert_int_equal(who.certificate, c->cert);
			assert_int_equal(*who.cert_id != '\0', c->cert);
		} else {
			assert_int_equal(r, -EPERM);
		}
		identity_free(&who);
	}
}

struct principals_case {
	char *has[4], *list[4]; /* of the certificate; behind --principals, none without the first */
	bool proved, commanded;
	const char *counts, *why; /* "A,B,"; NULL: refused, why */
};

static int count_principals(const struct principals_case *c, char *ret, struct error *err)
{
	struct identity who;
	struct registry r;
	cleanup_free char *container = NULL;
	struct key k = {.blob = (uint8_t *)W("x"),
			.blob_len = 1,
			.cert = true,
			.id = W("id"),
			.principals = (char **)c->has,
			.commanded = c->commanded};
	struct forced f = {.principals = c->list[0] ? (char **)c->list : NULL};
	struct identity_sources from = {
		.forced = &f, .proved = c->proved, .key = &k, .exposed = true, .connection = "", .registry = &r};
	registry_make(&r);
	int result = identity_find(&from, &who, &container, err);
	*ret = '\0';
	for (char **p = who.principals; p && *p; p++)
		strcat(strcat(ret, *p), ",");
	assert_true(who.certificate);
	assert_string_equal(who.key, "");
	identity_free(&who);
	return result;
}

#define P(...)              \
	{                   \
		__VA_ARGS__ \
	}
#define GUEST W("guest")
#define ADMIN W("admin")

static void only_principals_that_sshd_or_the_host_vouches_for_count(void **state)
{
	(void)state;
	static const struct principals_case cases[] = {
		/* One, which sshd must have accepted; a list can only take it away. */
		{P(GUEST), {0}, false, false, "guest,", NULL},
		{P(GUEST), {0}, true, true, "guest,", NULL},
		{P(GUEST), P(GUEST, ADMIN), true, false, "guest,", NULL},
		{P(GUEST), P(GUEST, ADMIN), false, false, "guest,", NULL},
		{P(GUEST), P(ADMIN), true, false, "", NULL},
		{P(GUEST), P(ADMIN), false, false, "", NULL},
		{P(GUEST), P(ADMIN), true, true, "", NULL},
		/* Several, with a list that is proved. */
		{P(GUEST, ADMIN), P(GUEST), true, false, "guest,", NULL},
		{P(ADMIN, GUEST), P(GUEST), true, false, "guest,", NULL},
		{P(GUEST, ADMIN), P(ADMIN, W("x"), GUEST), true, false, "guest,admin,", NULL},
		{P(GUEST, ADMIN), P(W("gues"), W("ADMIN"), W("*")), true, false, "", NULL},
		/* And without. */
		{P(GUEST, ADMIN), {0}, true, false, NULL, "--principals LIST"},
		{P(GUEST, ADMIN), {0}, false, false, NULL, "--principals LIST"},
		{P(GUEST, GUEST), {0}, true, false, NULL, "--principals LIST"},
		{P(GUEST, ADMIN), P(GUEST), false, false, NULL, "type one"},
		{P(GUEST, ADMIN), P(GUEST, ADMIN), true, true, NULL, "forced command of its own"},
		{P(GUEST, ADMIN), P(GUEST, ADMIN), false, true, NULL, "forced command of its own"},
		/* sshd can read a comma as two names. */
		{P(W("admin,guest")), {0}, true, false, "", NULL},
		{P(W("admin,guest"), ADMIN), P(GUEST), true, false, "", NULL},
		{{0}, {0}, true, false, "", NULL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char counts[64];
		struct error err = ERROR_INIT;
		const struct principals_case *c = &cases[i];
		int r = count_principals(c, counts, &err);
		if (r != (c->counts ? 0 : -EPERM) || strcmp(counts, c->counts ? c->counts : "") != 0 ||
		    (c->why && !strstr(err.text, c->why)))
			fail_msg("case %zu: %d \"%s\": %s", i, r, counts, err.text);
	}
}

static void a_certificates_own_forced_command_proves_no_name(void **state)
{
	(void)state;
	struct identity who;
	struct registry r;
	struct error err;
	cleanup_free char *container = NULL;
	char *one[] = {GUEST, NULL};
	struct key k = {.blob = (uint8_t *)W("x"), .blob_len = 1, .cert = true, .id = W("id"), .principals = one};
	struct forced f = {.name = W("carol")};
	struct identity_sources from = {
		.forced = &f, .proved = true, .key = &k, .exposed = true, .connection = "", .registry = &r};
	registry_make(&r);
	assert_int_equal(identity_find(&from, &who, &container, &err), 0);
	assert_string_equal(who.key, "carol");
	identity_free(&who);
	k.commanded = true;
	assert_int_equal(identity_find(&from, &who, &container, &err), -EPERM);
	assert_non_null(strstr(err.text, "forced command of its own"));
	identity_free(&who);
}

static void addresses_are_numeric_or_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *connection, *address;
		unsigned port;
	} cases[] = {
		{"10.1.2.3 22 10.0.0.1 22", "10.1.2.3", 22},
		{"2001:db8::1 65535 ::1 22", "2001:db8::1", 65535},
		{"fe80::1%eth0 1 fe80::2%eth0 22", "fe80::1", 1},
		{"UNKNOWN 65535 UNKNOWN 65535", "", 0},
		{"example.org 1 x 22", "", 0},
		{"", "", 0},
		{"10.1.2.3", "10.1.2.3", 0},
		{"10.1.2.3 ", "10.1.2.3", 0},
		{"10.1.2.3 65536 x", "10.1.2.3", 0},
		{"10.1.2.3 123456789012345678901234567890 x", "10.1.2.3", 0},
		{"10.1.2.3 -1 x", "10.1.2.3", 0},
		{"10.1.2.3000000000000000000000000000000000000000000000000000000000000000 1", "", 0},
		{"10.1.2 1", "", 0},
	};
	struct registry empty = {.text = ""};
	struct forced f = {.name = W("anna")};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct identity who;
		cleanup_free char *container = NULL;
		struct identity_sources from = {
			.forced = &f, .proved = true, .connection = cases[i].connection, .registry = &empty};
		assert_int_equal(identity_find(&from, &who, &container, NULL), 0);
		assert_string_equal(who.address, cases[i].address);
		assert_int_equal(who.port, cases[i].port);
		identity_free(&who);
	}
}

static int auth(const char *content, struct key *k)
{
	key_done(k);
	return auth_parse(content, strlen(content), k, NULL);
}

static void what_sshd_writes_is_read(void **state)
{
	(void)state;
	cleanup_key struct key k = {0};
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		char fingerprint[KEY_FINGERPRINT_SIZE];
		snprintf(text, sizeof(text), "publickey %s %s\n", samples[i].type, samples[i].key);
		assert_int_equal(auth(text, &k), 1);
		key_fingerprint(&k, fingerprint);
		assert_string_equal(fingerprint, samples[i].fingerprint);
		snprintf(text, sizeof(text), "keyboard-interactive/pam\npublickey %s %s\npassword\n",
			 samples[i].cert_type, samples[i].cert);
		assert_int_equal(auth(text, &k), 1);
		assert_true(k.cert);
	}
	assert_int_equal(auth("", &k), 0);
	assert_int_equal(auth("password\n", &k), 0);
	assert_int_equal(auth("hostbased ssh-ed25519 AAAA\n", &k), 0);
}

static void what_sshd_would_not_write_is_refused(void **state)
{
	(void)state;
	cleanup_key struct key k = {0};
	snprintf(text, sizeof(text), "publickey %s %s", samples[0].type, samples[0].key);
	assert_int_equal(auth(text, &k), -EINVAL);
	snprintf(text, sizeof(text), "publickey %s %s\npublickey %s %s\n", samples[0].type, samples[0].key,
		 samples[1].type, samples[1].key);
	assert_int_equal(auth(text, &k), -EINVAL);
	snprintf(text, sizeof(text), "publickey %s %s\n", samples[1].type, samples[0].key);
	assert_int_equal(auth(text, &k), -EINVAL);
	assert_int_equal(auth("publickey \n", &k), -EINVAL);
	assert_int_equal(auth("publickey ssh-ed25519\n", &k), -EINVAL);
	assert_int_equal(auth("publickey ssh-ed25519 \n", &k), -EINVAL);
	assert_int_equal(auth("publickey ssh-ed25519 AAA!\n", &k), -EINVAL);
	assert_int_equal(auth_parse("password\0\n", 10, &k, NULL), -EINVAL);
}

static void a_certificate_with_endless_names_is_refused(void **state)
{
	(void)state;
	struct registry empty = {.text = ""};
	struct forced f = {0};
	char id[REQUEST_IDENTITY_MAX + 2], principal[REQUEST_WORD_MAX + 2];
	memset(id, 'a', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	memset(principal, 'a', sizeof(principal) - 1);
	principal[sizeof(principal) - 1] = '\0';
	char *long_list[] = {principal, NULL}, *short_list[] = {W("a"), NULL};
	struct key keys[] = {
		{.blob = (uint8_t *)W("x"), .blob_len = 1, .cert = true, .id = id, .principals = short_list},
		{.blob = (uint8_t *)W("x"), .blob_len = 1, .cert = true, .id = W("a"), .principals = long_list},
	};
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct identity who;
		cleanup_free char *container = NULL;
		struct identity_sources from = {
			.forced = &f, .key = &keys[i], .exposed = true, .connection = "", .registry = &empty};
		assert_int_equal(identity_find(&from, &who, &container, NULL), -EPERM);
		identity_free(&who);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(who_is_there),
		IT(only_principals_that_sshd_or_the_host_vouches_for_count),
		IT(a_certificates_own_forced_command_proves_no_name),
		IT(addresses_are_numeric_or_nothing),
		IT(what_sshd_writes_is_read),
		IT(what_sshd_would_not_write_is_refused),
		IT(a_certificate_with_endless_names_is_refused),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "lib/base/text.h"
#include "lib/gate/base64.h"
#include "lib/gate/key.h"

static int parse(const char *type, const char *text, struct key *k, struct error *err)
{
	return key_parse_text(type, strlen(type), text, strlen(text), k, err);
}

/* The bytes of a sample, in room for a few more. */
static uint8_t *bytes_of(const char *text, size_t *ret_len)
{
	uint8_t *data = calloc(1, strlen(text) + 16);
	long len = base64_decode(text, strlen(text), data);
	assert_true(len > 0);
	*ret_len = (size_t)len;
	return data;
}

static void base64_goes_to_and_fro(void **state)
{
	(void)state;
	for (size_t len = 0; len < 70; len++) {
		uint8_t data[80], back[80];
		char text[120];
		for (size_t i = 0; i < len; i++)
			data[i] = (uint8_t)(i * 37 + len * 11);
		base64_encode(data, len, text);
		assert_int_equal(strlen(text), base64_length(len));
		assert_int_equal(base64_decode(text, strlen(text), back), len);
		assert_memory_equal(data, back, len);
		assert_int_equal(base64_span(text, strlen(text)), strlen(text));
	}
}

static void base64_has_one_spelling(void **state)
{
	(void)state;
	static const char *const bad[] = {"A",	  "AA",	  "AAA",      "====", "A===", "AB==",  "AAB=",
					  "AA=A", "A=AA", "AA==AAAA", "AA A", "AA-_", "AAAA=", "AAA\n"};
	uint8_t data[16];
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(base64_decode(bad[i], strlen(bad[i]), data), -EINVAL);
	assert_int_equal(base64_decode("", 0, data), 0);
	assert_int_equal(base64_decode("AA==", 4, data), 1);
}

static void every_type_has_ssh_keygens_fingerprint(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		char fingerprint[KEY_FINGERPRINT_SIZE];
		cleanup_key struct key k = {0};
		assert_int_equal(parse(samples[i].type, samples[i].key, &k, NULL), 0);
		assert_false(k.cert);
		assert_true(k.known);
		assert_string_equal(k.type, samples[i].type);
		key_fingerprint(&k, fingerprint);
		assert_string_equal(fingerprint, samples[i].fingerprint);
		assert_true(key_is_type(samples[i].type, strlen(samples[i].type)));
		assert_true(key_is_type(samples[i].cert_type, strlen(samples[i].cert_type)));
	}
	assert_false(key_is_type("ssh-ed2551", 10));
	assert_false(key_is_type("", 0));
}

static void a_certificate_holds_its_plain_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		char fingerprint[KEY_FINGERPRINT_SIZE], id[64];
		cleanup_key struct key plain = {0}, cert = {0};
		assert_int_equal(parse(samples[i].type, samples[i].key, &plain, NULL), 0);
		assert_int_equal(parse(samples[i].cert_type, samples[i].cert, &cert, NULL), 0);
		assert_true(cert.cert);
		assert_true(key_equal(&plain, &cert));
		assert_string_equal(cert.type, samples[i].type);
		key_fingerprint(&cert, fingerprint);
		assert_string_equal(fingerprint, samples[i].fingerprint);
		snprintf(id, sizeof(id), "id of %s", samples[i].name);
		assert_string_equal(cert.id, id);
		assert_int_equal(strv_len(cert.principals), 2);
		assert_string_equal(cert.principals[0], "oncall");
		assert_string_equal(cert.principals[1], samples[i].name);
	}
}

static void a_certificate_may_have_no_principals(void **state)
{
	(void)state;
	cleanup_key struct key k = {0};
	assert_int_equal(parse("ssh-ed25519-cert-v01@openssh.com", BARE_CERT, &k, NULL), 0);
	assert_int_equal(strv_len(k.principals), 0);
	assert_string_equal(k.id, "nobody");
}

static void a_forced_command_of_the_authority_is_seen(void **state)
{
	(void)state;
	cleanup_key struct key k = {0}, plain = {0};
	assert_int_equal(parse("ssh-ed25519-cert-v01@openssh.com", FORCED_CERT, &k, NULL), 0);
	assert_true(k.commanded);
	assert_int_equal(strv_len(k.principals), 1);
	assert_int_equal(parse(samples[0].cert_type, samples[0].cert, &plain, NULL), 0);
	assert_false(plain.commanded);
}

static void a_hosts_certificate_is_nobodys(void **state)
{
	(void)state;
	struct error err;
	cleanup_key struct key k = {0};
	assert_int_equal(parse("ssh-ed25519-cert-v01@openssh.com", HOST_CERT, &k, &err), -EINVAL);
	assert_non_null(strstr(err.text, "host's"));
}

static void what_is_cut_or_longer_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples) * 2; i++) {
		size_t len;
		const struct sample *s = &samples[i / 2];
		uint8_t *data = bytes_of(i % 2 ? s->cert : s->key, &len);
		for (size_t cut = 0; cut <= len + 1; cut++) {
			cleanup_key struct key k = {0};
			/* On the heap, so that a byte read too many is seen. */
			uint8_t *piece = malloc(cut ? cut : 1);
			memcpy(piece, data, cut);
			assert_int_equal(key_parse(piece, cut, &k, NULL), cut == len ? 0 : -EINVAL);
			free(piece);
		}
		free(data);
	}
}

static void the_type_must_be_the_one_inside(void **state)
{
	(void)state;
	struct error err;
	cleanup_key struct key k = {0};
	assert_int_equal(parse("ssh-rsa", samples[0].key, &k, &err), -EINVAL);
	assert_non_null(strstr(err.text, "type"));
	assert_int_equal(parse("", samples[0].key, &k, &err), -EINVAL);
	assert_int_equal(parse("ssh-ed25519", "AAAA", &k, &err), -EINVAL);
	assert_int_equal(parse("ssh-ed25519", "", &k, &err), -EINVAL);
	assert_int_equal(parse("ssh-ed25519", "not base64!", &k, &err), -EINVAL);
}

static void a_curve_must_be_its_types(void **state)
{
	(void)state;
	size_t len;
	cleanup_key struct key k = {0};
	uint8_t *data = bytes_of(samples[2].key, &len);
	char *curve = memmem(data + 20, len - 20, "nistp256", 8);
	assert_non_null(curve);
	memcpy(curve, "nistp384", 8);
	assert_int_equal(key_parse(data, len, &k, NULL), -EINVAL);
	free(data);
}

static void a_nul_in_an_id_or_a_principal_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {"id of ed25519", "oncall"};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		size_t len;
		cleanup_key struct key k = {0};
		uint8_t *data = bytes_of(samples[0].cert, &len);
		char *text = memmem(data, len, texts[i], strlen(texts[i]));
		text[2] = '\0';
		assert_int_equal(key_parse(data, len, &k, NULL), -EINVAL);
		free(data);
	}
}

static void a_type_of_tomorrow_is_compared_as_a_whole(void **state)
{
	(void)state;
	struct error err;
	char fingerprint[KEY_FINGERPRINT_SIZE];
	cleanup_key struct key k = {0}, other = {0};
	static const char plain[] = "\0\0\0\5x-new\0\0\0\3abc", cert[] = "\0\0\0\12x-cert-v02\0\0\0\1a",
			  unreadable[] = "\0\0\0\3a\nb\0\0\0\1c";
	assert_int_equal(key_parse(plain, sizeof(plain) - 1, &k, NULL), 0);
	assert_false(k.known);
	assert_string_equal(k.type, "x-new");
	assert_memory_equal(k.blob, plain, sizeof(plain) - 1);
	key_fingerprint(&k, fingerprint);
	assert_int_equal(key_parse(cert, sizeof(cert) - 1, &other, &err), -EINVAL);
	assert_non_null(strstr(err.text, "x-cert-v02"));
	assert_int_equal(key_parse(unreadable, sizeof(unreadable) - 1, &other, NULL), -EINVAL);
}

static void sizes_of_old_types_are_known(void **state)
{
	(void)state;
	cleanup_key struct key rsa = {0}, dsa = {0};
	assert_int_equal(parse("ssh-rsa", samples[6].key, &rsa, NULL), 0);
	assert_int_equal(rsa.bits, 2048);
	assert_string_equal(key_type_name(&rsa), "RSA");
	assert_int_equal(parse("ssh-dss", samples[7].key, &dsa, NULL), 0);
	assert_int_equal(dsa.bits, 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(base64_goes_to_and_fro),
		IT(base64_has_one_spelling),
		IT(every_type_has_ssh_keygens_fingerprint),
		IT(a_certificate_holds_its_plain_key),
		IT(a_certificate_may_have_no_principals),
		IT(a_forced_command_of_the_authority_is_seen),
		IT(a_hosts_certificate_is_nobodys),
		IT(what_is_cut_or_longer_is_refused),
		IT(the_type_must_be_the_one_inside),
		IT(a_curve_must_be_its_types),
		IT(a_nul_in_an_id_or_a_principal_is_refused),
		IT(a_type_of_tomorrow_is_compared_as_a_whole),
		IT(sizes_of_old_types_are_known),
	};
	return RUN(tests);
}

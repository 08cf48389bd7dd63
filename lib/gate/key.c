/* SPDX-License-Identifier: ISC */
#include "key.h"

#include <errno.h>
#include <sha2.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { CERT_USER = 1, PRINCIPALS_MAX = 256 };

struct type {
	const char *plain, *cert;
	const char *name;
	unsigned fields;   /* length-prefixed, behind the type */
	const char *curve; /* what the first of them must be */
	unsigned number;   /* the field, from 1, whose size is the key's; 0: of no interest */
};

static const struct type types[] = {
	{"ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", "ED25519", 1, NULL, 0},
	{"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com", "ED25519-SK", 2, NULL, 0},
	{"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ECDSA", 2, "nistp256", 0},
	{"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ECDSA", 2, "nistp384", 0},
	{"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ECDSA", 2, "nistp521", 0},
	{"sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "ECDSA-SK", 3, "nistp256",
	 0},
	{"ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "RSA", 2, NULL, 2},
	{"ssh-dss", "ssh-dss-cert-v01@openssh.com", "DSA", 4, NULL, 1},
};

void key_done(struct key *k)
{
	free(k->blob);
	free(k->id);
	strv_free(k->principals);
	*k = (struct key){0};
}

/* A reader of ssh's fields; the first that does not fit makes all later ones empty. */
struct fields {
	const uint8_t *at;
	size_t left;
	bool bad;
};

struct field {
	const uint8_t *data;
	size_t len;
};

static const uint8_t *take(struct fields *f, size_t len)
{
	if (f->bad || len > f->left) {
		f->bad = true;
		f->left = 0;
		return NULL;
	}
	const uint8_t *at = f->at;
	f->at += len;
	f->left -= len;
	return at;
}

static uint32_t take_u32(struct fields *f)
{
	const uint8_t *p = take(f, 4);
	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static struct field take_field(struct fields *f)
{
	struct field field = {.len = take_u32(f)};
	field.data = take(f, field.len);
	if (!field.data)
		field.len = 0;
	return field;
}

static bool field_is(const struct field *f, const char *text)
{
	return f->len == strlen(text) && memcmp(f->data, text, f->len) == 0;
}

/* Returns a copy, or NULL with f->bad set if there is a NUL inside or memory ran out. */
static char *take_text(struct fields *f, size_t max)
{
	struct field field = take_field(f);
	if (f->bad || field.len > max || memchr(field.data, '\0', field.len)) {
		f->bad = true;
		return NULL;
	}
	char *copy = strndup((const char *)field.data, field.len);
	f->bad = !copy;
	return copy;
}

static const struct type *find_type(const struct field *name, bool *ret_cert)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		*ret_cert = field_is(name, types[i].cert);
		if (*ret_cert || field_is(name, types[i].plain))
			return &types[i];
	}
	return NULL;
}

static unsigned number_bits(const struct field *f)
{
	size_t skip = 0;
	while (skip < f->len && f->data[skip] == 0)
		skip++;
	if (skip == f->len)
		return 0;
	unsigned bits = (unsigned)(f->len - skip) * 8;
	for (unsigned top = f->data[skip]; !(top & 0x80); top <<= 1)
		bits--;
	return bits;
}

/* The key's own fields, which are the same in a plain key and in a certificate. */
static void take_numbers(struct fields *f, const struct type *type, struct key *k)
{
	for (unsigned i = 1; i <= type->fields; i++) {
		struct field field = take_field(f);
		if (i == 1 && type->curve && !field_is(&field, type->curve))
			f->bad = true;
		if (i == type->number)
			k->bits = number_bits(&field);
	}
}

static int set_blob(struct key *k, const char *type, const uint8_t *data, size_t len)
{
	size_t type_len = strlen(type);
	k->blob_len = 4 + type_len + len;
	k->blob = malloc(k->blob_len);
	if (!k->blob)
		return -ENOMEM;
	memcpy(k->blob, (const uint8_t[]){0, 0, 0, (uint8_t)type_len}, 4);
	memcpy(k->blob + 4, type, type_len);
	memcpy(k->blob + 4 + type_len, data, len);
	return 0;
}

static void take_principals(struct fields *f, struct key *k)
{
	struct field list = take_field(f);
	struct fields inner = {.at = list.data, .left = list.len};
	for (size_t count = 0; inner.left > 0 && !f->bad; count++) {
		cleanup_free char *name = take_text(&inner, KEY_BLOB_MAX);
		if (inner.bad || count == PRINCIPALS_MAX || strv_add(&k->principals, name) < 0)
			f->bad = true;
	}
}

/* Critical options: names and values, in turn. */
static void take_critical(struct fields *f, struct key *k)
{
	struct field list = take_field(f);
	struct fields inner = {.at = list.data, .left = list.len};
	while (inner.left > 0 && !inner.bad) {
		struct field name = take_field(&inner);
		take_field(&inner);
		if (field_is(&name, "force-command"))
			k->commanded = true;
	}
	f->bad |= inner.bad;
}

/* What a certificate has behind the key: serial, type, ID, principals, validity, options, CA, signature. */
static bool take_certificate(struct fields *f, struct key *k)
{
	take(f, 8);
	bool user = take_u32(f) == CERT_USER;
	k->id = take_text(f, KEY_BLOB_MAX);
	take_principals(f, k);
	take(f, 16);
	take_critical(f, k);
	for (int i = 0; i < 4; i++)
		take_field(f);
	return user;
}

static int parse_known(struct fields *f, const struct type *type, struct key *k, struct error *err)
{
	if (k->cert)
		take_field(f); /* the nonce */
	const uint8_t *start = f->at;
	take_numbers(f, type, k);
	const uint8_t *end = f->at;
	bool user = !k->cert || take_certificate(f, k);
	if (f->bad || f->left > 0)
		return error_set(err, -EINVAL, "this is no well-formed %s %s", type->plain,
				 k->cert ? "certificate" : "key");
	if (!user)
		return error_set(err, -EINVAL, "this is a host's certificate, not a user's");
	return set_blob(k, type->plain, start, (size_t)(end - start)) < 0 ? error_errno(err, -ENOMEM, "the key") : 0;
}

/* A plain key is compared as a whole, so a type of tomorrow can be let through; what it is called must be readable. */
static int parse_unknown(struct fields *f, const struct field *name, struct key *k, struct error *err)
{
	bool readable = name->len > 0 && name->len < KEY_TYPE_MAX;
	for (size_t i = 0; i < name->len && readable; i++)
		readable = name->data[i] > ' ' && name->data[i] < 0x7f;
	if (!readable || f->left == 0)
		return error_set(err, -EINVAL, "this is no public key");
	memcpy(k->type, name->data, name->len);
	if (memmem(name->data, name->len, "-cert-", 6))
		return error_set(err, -EINVAL, "certificates of type %s are not known to this version", k->type);
	return set_blob(k, k->type, f->at, f->left) < 0 ? error_errno(err, -ENOMEM, "the key") : 0;
}

int key_parse(const void *data, size_t len, struct key *ret, struct error *err)
{
	struct fields f = {.at = data, .left = len};
	cleanup_key struct key k = {0};
	struct field name = take_field(&f);
	if (f.bad || len > KEY_BLOB_MAX)
		return error_set(err, -EINVAL, "this is no public key");
	const struct type *type = find_type(&name, &k.cert);
	k.known = type;
	if (type)
		snprintf(k.type, sizeof(k.type), "%s", type->plain);
	int r = type ? parse_known(&f, type, &k, err) : parse_unknown(&f, &name, &k, err);
	if (r < 0)
		return r;
	*ret = k;
	k = (struct key){0};
	return 0;
}

int key_parse_text(const char *type, size_t type_len, const char *base64, size_t base64_len, struct key *ret,
		   struct error *err)
{
	if (base64_len > KEY_BLOB_MAX / 3 * 4)
		return error_set(err, -EINVAL, "the key is longer than %d bytes", KEY_BLOB_MAX);
	cleanup_free uint8_t *data = malloc(base64_len + 1);
	if (!data)
		return error_errno(err, -ENOMEM, "the key");
	long len = base64_decode(base64, base64_len, data);
	if (len < 0)
		return error_set(err, -EINVAL, "the key is not written in base64, or not whole");
	struct fields f = {.at = data, .left = (size_t)len};
	struct field inside = take_field(&f);
	if (f.bad || inside.len != type_len || memcmp(inside.data, type, type_len) != 0)
		return error_set(err, -EINVAL, "the key is not of the type that stands before it");
	return key_parse(data, (size_t)len, ret, err);
}

void key_fingerprint(const struct key *k, char ret[KEY_FINGERPRINT_SIZE])
{
	SHA2_CTX context;
	uint8_t hash[SHA256_DIGEST_LENGTH];
	char text[45];
	SHA256Init(&context);
	SHA256Update(&context, k->blob, k->blob_len);
	SHA256Final(hash, &context);
	base64_encode(hash, sizeof(hash), text);
	snprintf(ret, KEY_FINGERPRINT_SIZE, "SHA256:%.43s", text);
}

bool key_equal(const struct key *a, const struct key *b)
{
	return a->blob_len == b->blob_len && memcmp(a->blob, b->blob, a->blob_len) == 0;
}

bool key_is_type(const char *word, size_t len)
{
	bool cert;
	return find_type(&(struct field){.data = (const uint8_t *)word, .len = len}, &cert);
}

const char *key_type_name(const struct key *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(types[i].plain, k->type) == 0)
			return types[i].name;
	return k->type;
}

/* SPDX-License-Identifier: ISC */
/*
 * What sshd writes about a key, as text, and a key or certificate as bytes: the input is tried as both. Whatever comes
 * out must fit into a request, and bytes that are accepted as a plain key must be that key, whole.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/gate/base64.h"
#include "lib/gate/identity.h"

static void check_counted(const struct key *k, char *const *counted, const struct forced *f)
{
	MUST(strv_len(counted) <= strv_len(k->principals));
	for (char *const *p = counted; p && *p; p++)
		MUST(strv_has(k->principals, *p) && (!f->principals || strv_has(f->principals, *p)));
	MUST(f->principals || strv_len(k->principals) <= 1);
}

static void check_identity_with(const struct key *k, const struct forced *f)
{
	struct error err;
	cleanup_free char *container = NULL;
	cleanup_request struct request r = {.verb = VERB_LIST}, back = {0};
	cleanup_buf struct buf b = {0};
	struct registry empty = {.text = ""};
	struct identity_sources from = {.forced = f,
					.proved = f->principals,
					.key = k,
					.exposed = true,
					.connection = "::1 1 ::1 22",
					.registry = &empty};
	if (identity_find(&from, &r.identity, &container, &err) < 0) {
		MUST(k->cert);
		return;
	}
	MUST(strlen(r.identity.fingerprint) == KEY_FINGERPRINT_SIZE - 1);
	request_encode(&r, &b);
	MUST(request_decode(b.data, b.len, &back) == 0);
	MUST(back.identity.certificate == k->cert);
	check_counted(k, back.identity.principals, f);
}

static void check_identity(const struct key *k)
{
	char *list[] = {(char *)"oncall", (char *)"ed25519", NULL};
	struct forced without = {0}, with = {.principals = list};
	check_identity_with(k, &without);
	check_identity_with(k, &with);
}

static void check_bytes(const uint8_t *data, size_t len)
{
	struct error err;
	cleanup_key struct key k = {0}, again = {0};
	if (key_parse(data, len, &k, &err) < 0)
		return;
	if (!k.cert)
		MUST(k.blob_len == len && memcmp(k.blob, data, len) == 0);
	MUST(!k.known || (key_parse(k.blob, k.blob_len, &again, &err) == 0 && !again.cert && key_equal(&k, &again)));
	check_identity(&k);
	cleanup_free char *text = malloc(base64_length(len) + 1);
	cleanup_free uint8_t *back = malloc(len + 3);
	base64_encode(data, len, text);
	MUST(base64_decode(text, strlen(text), back) == (long)len && memcmp(back, data, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct error err;
	cleanup_key struct key k = {0};
	if (auth_parse((const char *)data, len, &k, &err) > 0)
		check_identity(&k);
	check_bytes(data, len);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Public keys and certificates as ssh writes them (RFC 4253, section 6.6; OpenSSH's PROTOCOL.u2f and
 * PROTOCOL.certkeys). Nothing is verified: sshd has done that. What is read here is who it let in.
 */
#ifndef CENTERCTL_GATE_KEY_H
#define CENTERCTL_GATE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

enum {
	KEY_BLOB_MAX = 256 << 10,
	KEY_TYPE_MAX = 64,
	KEY_FINGERPRINT_SIZE = 7 + 43 + 1, /* "SHA256:" and base64 without padding, as ssh-keygen -l shows it */
};

struct key {
	char type[KEY_TYPE_MAX]; /* of the plain key */
	uint8_t *blob;		 /* the plain key, as it is hashed and compared */
	size_t blob_len;
	bool known;    /* the type is one that this program knows; another one's inside was not looked at */
	unsigned bits; /* of an RSA or DSA key; 0 otherwise */
	/* Of a certificate. */
	bool cert;
	char *id;
	char **principals;
	bool commanded; /* it brings a forced command of its own, as its authority wrote it (force-command) */
};

void key_done(struct key *k);
#define cleanup_key __attribute__((cleanup(key_done)))

/*
 * A key or a user's certificate. -EINVAL for anything cut, with bytes behind it, with a NUL in its ID or principals,
 * for a host's certificate, and for a certificate of a type that is not known.
 */
int key_parse(const void *data, size_t len, struct key *ret, struct error *err);

/* The same from "TYPE BASE64", where TYPE must be what is inside. */
int key_parse_text(const char *type, size_t type_len, const char *base64, size_t base64_len, struct key *ret,
		   struct error *err);

/* The same hash for a plain key and for its certificates. */
void key_fingerprint(const struct key *k, char ret[KEY_FINGERPRINT_SIZE]);

bool key_equal(const struct key *a, const struct key *b);

/* A word that may begin a public key's text: one of the types that are known, certificates included. */
bool key_is_type(const char *word, size_t len);

/* What people call the type: "ED25519", "RSA-SK", ... */
const char *key_type_name(const struct key *k);

#endif

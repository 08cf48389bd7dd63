/* SPDX-License-Identifier: ISC */
/* Lines of an authorized_keys file, in the format of sshd(8): [OPTIONS] TYPE BASE64 [COMMENT]. */
#ifndef CENTERCTL_GATE_AUTHKEY_H
#define CENTERCTL_GATE_AUTHKEY_H

#include <stdbool.h>
#include <stddef.h>

#include "key.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"

enum { GATE_NAME_MAX = 64 };

struct authkey {
	char **options;	 /* as written, each NAME or NAME="VALUE"; NULL: none */
	char *command;	 /* the forced command, without its quoting; NULL: none */
	bool restricted; /* `restrict` stands there */
	bool authority;	 /* `cert-authority`: the key is no person's */
	struct key key;
	char *comment; /* empty: none */
	/* If the forced command is centerctl-gate's. */
	bool gate;
	char *name, *container; /* NULL: none */
	bool principals;	/* it says which principals count */
};

void authkey_done(struct authkey *k);
#define cleanup_authkey __attribute__((cleanup(authkey_done)))

/* One line, without its newline. 0; -ENODATA for an empty line or a comment; -EINVAL; -ENOMEM. */
int authkey_parse(const char *line, size_t len, struct authkey *ret, struct error *err);

/* The line that lets the key in as `name`, with its newline. container and comment may be NULL. */
void authkey_format(const struct key *k, const char *name, const char *container, const char *comment, struct buf *to);

/* A person's or a machine's name in the policy: [A-Za-z0-9][A-Za-z0-9._@+-]{0,63}. */
bool gate_is_name(const char *text);

/* An option's value without quotes and their escapes, if the option has this name (in any case); the caller frees it.
 */
char *authkey_option_value(const char *option, const char *name);

#endif

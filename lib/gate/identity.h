/* SPDX-License-Identifier: ISC */
/*
 * Who is there. Two sources say so: the name in the forced command, and, with ExposeAuthInfo, the key that sshd saw.
 * The key is the stronger one: a name that the registry has for another key, or that differs from the registry's for
 * this key, is refused. A name alone counts only where sshd has proved that it is not the client's:
 * SSH_ORIGINAL_COMMAND is set only beside a forced command.
 *
 * Of a certificate the key says nothing: whoever may use the plain key got that right with the conditions in its line
 * (from=, expiry-time=), and those sshd does not look at for a certificate. Its principals say who is there, but sshd
 * accepted it for one of them, and does not tell for which one. So they count if there is no other, or if a proved
 * forced command lists them.
 *
 * All this holds as far as the account does: centerctl-enter decides whether to believe it (lib/priv/identity.h).
 */
#ifndef CENTERCTL_GATE_IDENTITY_H
#define CENTERCTL_GATE_IDENTITY_H

#include <stdbool.h>

#include "forced.h"
#include "key.h"
#include "lib/base/error.h"
#include "lib/proto/request.h"
#include "registry.h"

enum { GATE_AUTH_MAX = 512 << 10 };

/*
 * The text in the file SSH_USER_AUTH: a line for each method that succeeded, "publickey TYPE BASE64" for a key. Returns
 * 1 with *ret filled, 0 if no key was used, -EINVAL if the text is not that or there were several keys.
 */
int auth_parse(const char *text, size_t len, struct key *ret, struct error *err);

struct identity_sources {
	const struct forced *forced;
	bool proved;		/* SSH_ORIGINAL_COMMAND is set */
	const struct key *key;	/* NULL: not exposed, or no key was used */
	bool exposed;		/* there is an SSH_USER_AUTH file */
	const char *connection; /* SSH_CONNECTION */
	const struct registry *registry;
};

/*
 * Fills *ret (strings are never NULL), and *ret_container with the one that the key is bound to, by the forced command
 * or by the registry, or NULL; the caller frees both. -EPERM with a sentence; -ENOMEM.
 */
int identity_find(const struct identity_sources *from, struct identity *ret, char **ret_container, struct error *err);

#endif

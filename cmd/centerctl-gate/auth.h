/* SPDX-License-Identifier: ISC */
/* What sshd says about who is there. */
#ifndef CENTERCTL_GATE_AUTH_H
#define CENTERCTL_GATE_AUTH_H

#include "lib/base/error.h"
#include "lib/gate/identity.h"

/*
 * Reads the file that SSH_USER_AUTH names. It must be what sshd makes as us: a regular file, ours, closed to others.
 * Returns 1 with the key in *ret, 0 if no key was used, or -errno.
 */
int auth_read(const char *path, struct key *ret, struct error *err);

/* Everything together: the key, the registry, and the name in the forced command. As identity_find(). */
int auth_identify(const struct forced *forced, struct identity *ret, char **ret_container, struct error *err);

#endif

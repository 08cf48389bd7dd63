/* SPDX-License-Identifier: ISC */
/*
 * The registry: which key is whose. It is the root-owned authorized_keys file that sshd reads for gate accounts, so
 * that there is no second truth. Looking something up searches the text for it and reads the lines that it finds.
 */
#ifndef CENTERCTL_GATE_REGISTRY_H
#define CENTERCTL_GATE_REGISTRY_H

#include <stddef.h>

#include "authkey.h"
#include "config.h"
#include "lib/base/error.h"

#define REGISTRY_PATH CENTERCTL_SYSCONFDIR "/authorized_keys"

struct registry {
	const char *text;
	size_t len;
	void *mapping; /* NULL: the text is somebody else's */
};

/*
 * Maps the file, which must be root's alone with all directories above it. A file that is not there is an empty
 * registry. 0 or -errno. It is replaced by renaming, never written in place, so that a mapping stays whole.
 */
int registry_open(const char *path, struct registry *ret, struct error *err);
/* The same for a descriptor of a regular file, whoever owns it. */
int registry_map(int fd, struct registry *ret, struct error *err);
void registry_close(struct registry *r);
#define cleanup_registry __attribute__((cleanup(registry_close)))

/*
 * The first line of this key, or of this name, that a person may use: lines of certificate authorities and lines that
 * cannot be read do not count. Returns 1 with *ret filled, 0 if there is none, or -ENOMEM.
 */
int registry_find_key(const struct registry *r, const struct key *key, struct authkey *ret);
int registry_find_name(const struct registry *r, const char *name, struct authkey *ret);

/* Where that line of the key stands, as text; NULL if there is none. *ret_len is without its newline. */
const char *registry_find_line(const struct registry *r, const struct key *key, size_t *ret_len);

/* The line after `line` (NULL: the first), or NULL. *ret_len is without its newline. */
const char *registry_next_line(const struct registry *r, const char *line, size_t *ret_len);

#endif

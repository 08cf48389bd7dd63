/* SPDX-License-Identifier: ISC */
/* `centerctl keys`: what its words mean. */
#ifndef CENTERCTL_KEYS_H
#define CENTERCTL_KEYS_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/gate/authkey.h"

struct keys_options {
	char *container, *file;
	bool replace, json, help;
	char **words; /* what is no option */
};

/*
 * The public key in a text: one line, of a type that is known, without options, and not weak. 0, or -EINVAL with what
 * to do instead.
 */
int keys_read_public(const char *text, struct authkey *ret, struct error *err);

/* Each of them returns an exit code. */
int keys_add(const struct keys_options *o);
int keys_remove(const struct keys_options *o);
int keys_list(const struct keys_options *o);
int keys_check(const struct keys_options *o);

/* The file that is meant. */
const char *keys_file(const struct keys_options *o);

#endif

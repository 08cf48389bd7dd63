/* SPDX-License-Identifier: ISC */
/* The services of centerctl-inside: each is given its words and returns an exit code, or -errno with a text. */
#ifndef CENTERCTL_INSIDE_INSIDE_H
#define CENTERCTL_INSIDE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

struct inside {
	char **options; /* "--name" and "--name=value", NULL-terminated */
	char **words;	/* NULL-terminated */
	int count;	/* of words */
};

/*
 * For a service's loop over its options: whether `option` is "--name" (`name` without dashes), and the value if it is
 * "--name=value", else NULL.
 */
bool inside_is_switch(const char *option, const char *name);
const char *inside_value(const char *option, const char *name);
/* What to return for an option that a service does not know. */
int inside_unknown(const char *option, struct error *err);

/* say(), as struct transfer_report wants it. */
void inside_say(void *unused, const char *text);

struct pack_options;
struct pack_path;
struct unpack_options;
/* A whole stream to stdout, or from stdin: 0, 1 where something was left out, which was said; or -errno. */
int inside_pack(const struct pack_options *o, const struct pack_path *paths, size_t count, bool total,
		struct error *err);
int inside_unpack(const struct unpack_options *o, struct error *err);

int dial_run(const struct inside *in, struct error *err);
int read_run(const struct inside *in, struct error *err);
int sftp_run(const struct inside *in, struct error *err);
int volumes_backup(const struct inside *in, struct error *err);
int volumes_restore(const struct inside *in, struct error *err);
int write_run(const struct inside *in, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* The variables of --env and --env-file, in docker's format. */
#ifndef CENTERCTL_ENVIRONMENT_H
#define CENTERCTL_ENVIRONMENT_H

#include <stddef.h>

#include "lib/base/error.h"

enum { ENV_FILE_MAX = 4 << 20 };

/*
 * `NAME=value`, or `NAME` alone for the value that it has in `caller`; one that is not set there is left out. Put into
 * *env over what was there. 0, -EINVAL or -ENOMEM.
 */
int environment_add(char ***env, const char *entry, char *const *caller, struct error *err);

/*
 * The same for each line of a file's content: leading white space is skipped, # begins a comment, quotes are part of
 * the value, a byte order mark and the CR of line ends are dropped. name is the file's, for errors.
 */
int environment_add_text(char ***env, const char *name, const char *data, size_t len, char *const *caller,
			 struct error *err);

/* Reads the file and adds what it holds. */
int environment_add_file(char ***env, const char *path, char *const *caller, struct error *err);

#endif

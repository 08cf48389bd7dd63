/* SPDX-License-Identifier: ISC */
/* Names of a stream, judged and walked. */
#ifndef CENTERCTL_TRANSFER_UNPACK_PATH_H
#define CENTERCTL_TRANSFER_UNPACK_PATH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the name to *ret (freed by the caller) without empty components, "." and slashes around, with `as` (if not
 * NULL) in place of its first component; "" is the place itself. NULL, or why it is refused. *ret is NULL when memory
 * ran out. Pure.
 */
const char *unpack_path_judge(const char *name, const char *as, char **ret);

/* Whether the name's first component is `asked`; NULL asks for anything. Pure. */
bool unpack_path_is_asked(const char *name, const char *asked);

/* What of path lies below `name`: "" for itself, NULL if it does not. Pure. */
const char *unpack_path_below(const char *path, const char *name);

/*
 * Opens the directory at path (O_PATH) below `from`, without following a link; with create, missing ones are made,
 * 0755. Returns the descriptor or -errno: -ELOOP for a symbolic link, -ENOTDIR for what else is no directory.
 */
int unpack_path_open(int from, const char *path, bool create);

#endif

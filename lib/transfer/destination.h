/* SPDX-License-Identifier: ISC */
/* Where a copy goes to, by the rules of cp and docker cp. */
#ifndef CENTERCTL_TRANSFER_DESTINATION_H
#define CENTERCTL_TRANSFER_DESTINATION_H

#include <errno.h>
#include <stdbool.h>

#include "lib/base/error.h"
#include "unpack.h"

struct destination {
	int directory;	     /* O_PATH */
	char *as;	     /* what the first component of what comes is called there; NULL: it keeps its name */
	bool only_directory; /* the path ended in a slash */
	bool only_file;	     /* a file of that name is there */
};

#define DESTINATION_INIT ((struct destination){.directory = -EBADF})

/*
 * Opens the directory `path`; or, where there is none, the one above it. Links in the path are followed: it is the
 * caller's own word. With `into` there has to be a directory. 0 or -errno with a text.
 */
int destination_open(struct destination *d, const char *path, bool into, struct error *err);
void destination_done(struct destination *d);
#define cleanup_destination __attribute__((cleanup(destination_done)))

/* Sets what follows from it; what is in *d is still needed while *o is used. */
void destination_apply(const struct destination *d, struct unpack_options *o);

#endif

/* SPDX-License-Identifier: ISC */
/* Making what an entry says, in a directory that is open. For unpack.c alone. */
#ifndef CENTERCTL_TRANSFER_UNPACK_FILE_H
#define CENTERCTL_TRANSFER_UNPACK_FILE_H

#include <sys/stat.h>

#include "tar.h"
#include "unpack.h"

struct unpack_target {
	int parent;	  /* O_PATH */
	const char *name; /* one component */
	const char *path; /* for messages */
};

/*
 * Each returns 0, or -errno of what made the whole pointless: reading the stream, or a full disk. What could not be
 * made is said in the report.
 */

/* Takes e->stored bytes from the stream whatever becomes of them. *ret_made: the file's, ino 0 if none was made. */
int unpack_file(struct source *from, const struct unpack_options *o, const struct tar_entry *e,
		const struct unpack_target *t, struct transfer_report *report, struct stat *ret_made);
void unpack_symlink(const struct unpack_options *o, const struct tar_entry *e, const struct unpack_target *t,
		    struct transfer_report *report);
/* FIFOs and devices. */
void unpack_node(const struct unpack_options *o, const struct tar_entry *e, const struct unpack_target *t,
		 struct transfer_report *report);
/* Takes away what is in the way and no directory. 0 or -errno, -EISDIR for a directory. */
int unpack_clear(const struct unpack_target *t);

/* Owner, mode, attributes and time of what is open. `path` is for messages. */
void unpack_set(int fd, const struct unpack_options *o, const struct tar_entry *e, const char *path,
		struct transfer_report *report);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * A tar stream into directories. The stream is hostile, and so may be who else writes there meanwhile: every name is
 * walked from the directory's descriptor, component by component, without following a symbolic link and without "..";
 * files are made new, never written through what was there. So nothing outside of the directories is touched.
 */
#ifndef CENTERCTL_TRANSFER_UNPACK_H
#define CENTERCTL_TRANSFER_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "report.h"

struct unpack_place {
	const char *name; /* entries below this name ("data", "etc/app") go there without it; "": every entry */
	int directory;	  /* the caller's; O_PATH will do */
	const char *only; /* of what comes below `name`, this one entry and no other; NULL: all */
};

struct unpack_options {
	const struct unpack_place *places;
	size_t place_count;
	/*
	 * With one place, of name "": what the first component of each entry becomes ("." is one, in "./x"). NULL: it
	 * stays, and an entry "." changes nothing.
	 */
	const char *as;
	/*
	 * What the first component of every entry has to be, since it was asked for: whoever sends the stream could
	 * name other files otherwise, such as .bashrc. NULL: anything goes.
	 */
	const char *asked;
	bool only_directory; /* with `as`: the first entry has to be a directory, or it is an error */
	bool only_file;	     /* the first entry must not be one, since the name is a file's already */
	bool directories;    /* directories that were there, and places, take owner, mode and time of their entries */
	bool owners;	     /* set owner, setuid, setgid and extended attributes */
	mode_t mask;	     /* without owners: bits that modes do not get, as by umask(2) */
	bool devices;	     /* make device nodes */
	/*
	 * Nothing that was there is linked to or written to in place: hard links only to files of this stream. For a
	 * stream that comes out of a container onto the host.
	 */
	bool strict;
};

/*
 * Reads the stream from fd to its end. 0; -ENODATA, -EBADMSG: the stream is broken; -ENOSPC and the like: it makes no
 * sense to go on; all with a text. What could not be made is in the report. Works with umask 0, which it sets.
 */
int unpack(int fd, const struct unpack_options *o, struct transfer_report *report, struct error *err);

struct source;
/* The same for tests. */
int unpack_from(struct source *from, const struct unpack_options *o, struct transfer_report *report, struct error *err);

#endif

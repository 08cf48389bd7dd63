/* SPDX-License-Identifier: ISC */
/*
 * Trees as a tar stream. What is read may change meanwhile: a file that becomes shorter is filled up with zeros, one
 * that grows is cut, one that vanishes is left out; each of these is named, and the stream stays whole. No symbolic
 * link below a named path is followed.
 */
#ifndef CENTERCTL_TRANSFER_PACK_H
#define CENTERCTL_TRANSFER_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "report.h"

struct pack_options {
	bool follow;	      /* a named path that is a symbolic link: what it leads to */
	bool one_file_system; /* what is mounted below a named path is an empty directory */
	bool xattrs;
	/*
	 * Look at what a name is before it is opened, which takes /proc: somebody who may make devices could put one
	 * there, and to open it may do something. In a container its device cgroup says no.
	 */
	bool careful;
};

struct pack_path {
	const char *path; /* as open(2) takes it; with "/." or "/" at its end, a directory */
	const char
		*as; /* what the entries' names begin with; NULL: the path's last component, or "." where it ends so */
};

/*
 * Adds up what pack() would write, in report->count. Fails nothing and says nothing: it is for a progress bar.
 */
void pack_count(const struct pack_options *o, const struct pack_path *paths, size_t count,
		struct transfer_report *report);

/* Writes to fd. 0, also when some could not be read (see the report); or -errno with a text when fd cannot be written.
 */
int pack(int fd, const struct pack_options *o, const struct pack_path *paths, size_t count,
	 struct transfer_report *report, struct error *err);

/* The last component of a path, as the names of its entries begin: "." for "x/.", "..", "/" and "". Freed by the
 * caller. */
char *pack_base_name(const char *path);

#endif

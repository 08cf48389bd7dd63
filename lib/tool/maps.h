/* SPDX-License-Identifier: ISC */
/* /proc/PID/maps and smaps. The names of files are the container's: hostile. */
#ifndef CENTERCTL_TOOL_MAPS_H
#define CENTERCTL_TOOL_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapping {
	uint64_t start, end, offset, inode;
	bool readable, writable, executable, shared;
	bool modified;	  /* smaps: some of it is anonymous, or was swapped out */
	bool not_dumped;  /* smaps: MADV_DONTDUMP */
	bool device;	  /* smaps: memory of a device, which reading may change */
	bool huge;	  /* smaps: hugetlbfs */
	const char *path; /* in the text, not terminated; NULL for none */
	size_t path_len;
};

/*
 * Reads one mapping at *at, with what smaps says below it, and moves *at behind it. Returns 1, 0 at the end of the
 * text, -EINVAL for what is no such file.
 */
int maps_next(const char **at, struct mapping *ret);

/* Whether a file stands behind it, rather than memory alone: [heap], [stack:...], //anon. */
bool mapping_has_file(const struct mapping *m);

/* Whether its file has no name any more. */
bool mapping_is_unlinked(const struct mapping *m);

/*
 * The directories of all mapped shared objects, below root, joined by ':', to be freed: where links of the container,
 * which lead elsewhere when they are followed in the toolbox, end. NULL if there is none. Names with ':' or control
 * bytes in them are left out.
 */
char *maps_library_path(const char *maps, const char *root);

#endif

/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tar.h"

void tar_entry_done(struct tar_entry *e)
{
	for (size_t i = 0; i < e->xattr_count; i++) {
		free(e->xattrs[i].name);
		free(e->xattrs[i].value);
	}
	free(e->xattrs);
	free(e->extents);
	free(e->path);
	free(e->link);
	*e = (struct tar_entry){0};
}

int tar_entry_add_xattr(struct tar_entry *e, const char *name, const void *value, size_t len)
{
	if (e->xattr_count >= TAR_XATTRS_MAX || len > TAR_XATTR_SIZE_MAX)
		return -E2BIG;
	struct tar_xattr *bigger = realloc(e->xattrs, (e->xattr_count + 1) * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	e->xattrs = bigger;
	struct tar_xattr *x = &bigger[e->xattr_count];
	*x = (struct tar_xattr){.name = strdup(name), .value = malloc(len + 1), .len = len};
	if (!x->name || !x->value) {
		free(x->name);
		free(x->value);
		return -ENOMEM;
	}
	if (len > 0)
		memcpy(x->value, value, len);
	e->xattr_count++;
	return 0;
}

/* The room doubles: whoever counts in powers of two needs not remember it. */
int tar_entry_add_extent(struct tar_entry *e, uint64_t offset, uint64_t len)
{
	size_t n = e->extent_count;
	if (n >= TAR_EXTENTS_MAX)
		return -E2BIG;
	if ((n & (n - 1)) == 0) {
		struct tar_extent *bigger = realloc(e->extents, (n ? n * 2 : 1) * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		e->extents = bigger;
	}
	e->extents[e->extent_count++] = (struct tar_extent){offset, len};
	return 0;
}

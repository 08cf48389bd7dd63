/* SPDX-License-Identifier: ISC */
/*
 * Files behind a program in one file: first the program itself, then the files, each at a multiple of 4096, then an
 * index of them, and at the very end where that begins. centerctl-sftp writes it, centerctl-inside finds it behind
 * itself. Both have no privilege; the index is checked as if somebody else had written it. Pure.
 */
#ifndef CENTERCTL_INSIDE_PACK_H
#define CENTERCTL_INSIDE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"

enum {
	PACK_ALIGN = 4096,
	PACK_FILES_MAX = 64,
	PACK_NAME_MAX = 64, /* with its NUL */
	PACK_ENTRY_SIZE = 4 + PACK_NAME_MAX + 8 + 8,
	PACK_END_SIZE = 16 + 4 + 4 + 8,
	PACK_INDEX_MAX = PACK_FILES_MAX * PACK_ENTRY_SIZE,
	PACK_BYTES_MAX = 256 << 20,
};

enum pack_role {
	PACK_NOTHING = 0,
	PACK_LOADER,  /* the dynamic loader; exactly one */
	PACK_PRELOAD, /* what the loader is told to load beforehand, in this order */
	PACK_PROGRAM, /* exactly one */
	PACK_ROLE_MAX = PACK_PROGRAM,
};

struct pack_file {
	enum pack_role role;
	char name[PACK_NAME_MAX]; /* for messages and memfd_create(2) */
	uint64_t offset, len;
};

struct pack {
	struct pack_file files[PACK_FILES_MAX];
	size_t count;
};

/* Appends the index, which is to stand at `offset`, and what comes behind it. */
void pack_encode(const struct pack *p, uint64_t offset, struct buf *to);

/*
 * end: the last PACK_END_SIZE bytes of a file of `size` bytes. *ret_offset and *ret_len are where its index is. 0;
 * -ENOENT if there is none; -EBADMSG.
 */
int pack_find_index(const void *end, uint64_t size, uint64_t *ret_offset, size_t *ret_len);

/* The index itself, which stands at `offset`: every file lies before it. 0 or -EBADMSG. */
int pack_decode(const void *data, size_t len, uint64_t offset, struct pack *ret);

#endif

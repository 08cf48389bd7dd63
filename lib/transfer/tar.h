/* SPDX-License-Identifier: ISC */
/*
 * Tar streams as POSIX.1-2001 has them (pax), with what others added: extended attributes as SCHILY.xattr, and sparse
 * files as GNU.sparse 1.0. Also read: the plain and the old formats, GNU's long names and its older ways to write
 * sparse files. What is read comes from strangers: every number and length in it is bounded here.
 */
#ifndef CENTERCTL_TRANSFER_TAR_H
#define CENTERCTL_TRANSFER_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "source.h"

enum {
	TAR_BLOCK = 512,
	TAR_NAME_MAX = 32 << 10, /* of a path or a link's target, in bytes */
	TAR_PAX_MAX = 4 << 20,	 /* of one extended header */
	TAR_XATTRS_MAX = 256,
	TAR_XATTR_SIZE_MAX = 64 << 10, /* the kernel's */
	TAR_EXTENTS_MAX = 1 << 16,
};

enum tar_kind {
	TAR_FILE = '0',
	TAR_HARDLINK = '1',
	TAR_SYMLINK = '2',
	TAR_CHAR = '3',
	TAR_BLOCK_DEVICE = '4',
	TAR_DIRECTORY = '5',
	TAR_FIFO = '6',
};

struct tar_xattr {
	char *name;
	char *value;
	size_t len;
};

/* A part of a sparse file that is in the stream. */
struct tar_extent {
	uint64_t offset, len;
};

struct tar_entry {
	enum tar_kind kind;
	char *path;    /* any bytes but NUL, not empty; a directory's without its slash at the end */
	char *link;    /* of a hard or symbolic link; else empty or NULL */
	uint32_t mode; /* permissions, with setuid, setgid and sticky */
	uint32_t uid, gid;
	uint64_t size; /* of a file, once it is written */
	int64_t mtime;
	uint32_t mtime_ns;
	uint32_t major, minor;
	struct tar_xattr *xattrs;
	size_t xattr_count;
	bool sparse;		    /* extents say what is in the stream; else all of size is */
	struct tar_extent *extents; /* in order, apart from each other, and within size */
	size_t extent_count;
	uint64_t stored;  /* bytes of the file that follow in the stream; read: without what a map took */
	uint32_t padding; /* that follow those, up to a whole block */
};

void tar_entry_done(struct tar_entry *e);
#define cleanup_tar_entry __attribute__((cleanup(tar_entry_done)))

/* Appends a copy. 0, -E2BIG or -ENOMEM. */
int tar_entry_add_xattr(struct tar_entry *e, const char *name, const void *value, size_t len);
int tar_entry_add_extent(struct tar_entry *e, uint64_t offset, uint64_t len);

/*
 * Appends all that stands before the file's bytes, of which there have to be `stored` and then `padding`: both are set
 * here. A failed allocation shows in *to.
 */
void tar_write(struct tar_entry *e, struct buf *to);

/* What a stream's global headers said, which is of use for nothing but to go on. */
struct tar_reader {
	struct source *from;
	bool begun;
};

/*
 * The next entry: 1; 0 at the stream's end; -ENODATA if it ends before; -EBADMSG if it is no tar stream, or has what
 * is out of bounds; or -errno. All but 1 and 0 with a text. The caller has to take stored + padding bytes before the
 * next call. *ret is set only with 1, and is the caller's.
 */
int tar_read(struct tar_reader *t, struct tar_entry *ret, struct error *err);

/*
 * For tar_read(): the records of an extended header, which are applied to an entry after its own header was read.
 * Pure. 0, -EBADMSG or -ENOMEM.
 */
struct tar_pax {
	char *path, *link;
	bool has_size, has_uid, has_gid, has_mtime;
	uint64_t size;
	uint32_t uid, gid;
	int64_t mtime;
	uint32_t mtime_ns;
	struct tar_entry extra; /* xattrs, and extents of GNU.sparse 0.0 and 0.1 */
	bool sparse;
	uint64_t sparse_major, sparse_minor, real_size, pending_offset;
	bool has_real_size, has_offset;
	char *sparse_name;
};

void tar_pax_done(struct tar_pax *p);
#define cleanup_tar_pax __attribute__((cleanup(tar_pax_done)))
/* Adds to *p, over what it had; data is changed nowhere and need not end in NUL. */
int tar_pax_parse(struct tar_pax *p, const char *data, size_t len);

#endif

/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "tar.h"

/* Places in a header: offset and length. */
#define F_NAME	   0, 100
#define F_MODE	   100, 8
#define F_UID	   108, 8
#define F_GID	   116, 8
#define F_SIZE	   124, 12
#define F_MTIME	   136, 12
#define F_CHECKSUM 148
#define F_TYPE	   156
#define F_LINK	   157, 100
#define F_MAGIC	   257
#define F_MAJOR	   329, 8
#define F_MINOR	   337, 8
#define F_PREFIX   345, 155

enum { NAME_ROOM = 100, PREFIX_ROOM = 155 };
static const uint64_t OCTAL7 = 07777777, OCTAL11 = 077777777777;

static void put_octal(char *block, size_t at, size_t room, uint64_t value)
{
	char text[32];
	snprintf(text, sizeof(text), "%0*" PRIo64, (int)room - 1, value);
	memcpy(block + at, text, room - 1);
}

/* What does not fit has a record that counts in its place. */
static void put_text(char *block, size_t at, size_t room, const char *text)
{
	size_t len = strlen(text);
	memcpy(block + at, text, len < room ? len : room);
}

static void put_checksum(char *block)
{
	unsigned sum = 0;
	memset(block + F_CHECKSUM, ' ', 8);
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + F_CHECKSUM, 8, "%06o", sum);
}

static bool is_utf8(const char *text)
{
	uint32_t code;
	for (size_t left = strlen(text), n; left > 0; text += n, left -= n) {
		n = utf8_sequence((const unsigned char *)text, left, &code);
		if (n == 0)
			return false;
	}
	return true;
}

/* "LENGTH NAME=VALUE\n", where LENGTH counts its own digits. */
static void put_record(struct buf *to, const char *name, const void *value, size_t len)
{
	size_t rest = strlen(name) + len + 3, digits = 1;
	for (size_t limit = 10; rest + digits >= limit; limit *= 10)
		digits++;
	buf_printf(to, "%zu %s=", rest + digits, name);
	buf_add(to, value, len);
	buf_add(to, "\n", 1);
}

static void put_number(struct buf *to, const char *name, uint64_t value)
{
	char text[32];
	put_record(to, name, text, (size_t)snprintf(text, sizeof(text), "%" PRIu64, value));
}

static void put_time(struct buf *to, const struct tar_entry *e)
{
	char text[48];
	int64_t s = e->mtime;
	uint32_t ns = e->mtime_ns;
	const char *sign = "";
	if (s < 0) { /* -0.25 is second -1 and 0.75 of the next */
		sign = "-";
		s = ns ? -(s + 1) : -s;
		ns = ns ? 1000000000 - ns : 0;
	}
	int n = ns ? snprintf(text, sizeof(text), "%s%" PRId64 ".%09" PRIu32, sign, s, ns)
		   : snprintf(text, sizeof(text), "%s%" PRId64, sign, s);
	put_record(to, "mtime", text, (size_t)n);
}

static void put_xattrs(struct buf *to, const struct tar_entry *e)
{
	for (size_t i = 0; i < e->xattr_count; i++) {
		cleanup_buf struct buf name = {0};
		buf_printf(&name, "SCHILY.xattr.%s", e->xattrs[i].name);
		const char *text = buf_text(&name);
		if (!text)
			to->failed = true;
		else if (!strchr(text, '=')) /* cannot be written */
			put_record(to, text, e->xattrs[i].value, e->xattrs[i].len);
	}
}

static void put_sparse(struct buf *to, const struct tar_entry *e)
{
	put_record(to, "GNU.sparse.major", "1", 1);
	put_record(to, "GNU.sparse.minor", "0", 1);
	put_record(to, "GNU.sparse.name", e->path, strlen(e->path));
	put_number(to, "GNU.sparse.realsize", e->size);
}

/* The map that begins a sparse file's data: decimal lines, up to a whole block. */
static void put_map(struct buf *to, const struct tar_entry *e)
{
	static const char zeros[TAR_BLOCK];
	size_t begin = to->len;
	buf_printf(to, "%zu\n", e->extent_count);
	for (size_t i = 0; i < e->extent_count; i++)
		buf_printf(to, "%" PRIu64 "\n%" PRIu64 "\n", e->extents[i].offset, e->extents[i].len);
	buf_add(to, zeros, -(to->len - begin) % TAR_BLOCK);
}

/* Where the path can be cut into prefix and name; 0: nowhere, SIZE_MAX: it need not be. */
static size_t cut_of(const char *path, size_t len)
{
	if (len <= NAME_ROOM)
		return SIZE_MAX;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t at = (size_t)(slash - path), rest = len - at - 1;
		if (at > 0 && at <= PREFIX_ROOM && rest > 0 && rest <= NAME_ROOM)
			return at;
	}
	return 0;
}

static void put_records(struct buf *to, const struct tar_entry *e, const char *path, uint64_t stored)
{
	const char *link = e->link ? e->link : "";
	bool plain = is_utf8(path) && is_utf8(link);
	if (!plain)
		put_record(to, "hdrcharset", "BINARY", 6);
	if (!e->sparse && (!plain || cut_of(path, strlen(path)) == 0))
		put_record(to, "path", path, strlen(path));
	if (strlen(link) > NAME_ROOM || (!plain && *link))
		put_record(to, "linkpath", link, strlen(link));
	if (e->uid > OCTAL7)
		put_number(to, "uid", e->uid);
	if (e->gid > OCTAL7)
		put_number(to, "gid", e->gid);
	if (stored > OCTAL11)
		put_number(to, "size", stored);
	if (e->mtime_ns || e->mtime < 0 || (uint64_t)e->mtime > OCTAL11)
		put_time(to, e);
	put_xattrs(to, e);
	if (e->sparse)
		put_sparse(to, e);
}

static void put_header(struct buf *to, const struct tar_entry *e, const char *path, char type, uint64_t size)
{
	char block[TAR_BLOCK] = {0};
	size_t cut = cut_of(path, strlen(path));
	if (cut > 0 && cut != SIZE_MAX) {
		memcpy(block + 345, path, cut);
		put_text(block, F_NAME, path + cut + 1);
	} else {
		put_text(block, F_NAME, path);
	}
	put_octal(block, F_MODE, e->mode & 07777);
	put_octal(block, F_UID, e->uid > OCTAL7 ? 0 : e->uid);
	put_octal(block, F_GID, e->gid > OCTAL7 ? 0 : e->gid);
	put_octal(block, F_SIZE, size > OCTAL11 ? 0 : size);
	put_octal(block, F_MTIME, e->mtime < 0 || (uint64_t)e->mtime > OCTAL11 ? 0 : (uint64_t)e->mtime);
	block[F_TYPE] = type;
	if (type == TAR_HARDLINK || type == TAR_SYMLINK)
		put_text(block, F_LINK, e->link);
	memcpy(block + F_MAGIC, "ustar\00000", 8);
	put_octal(block, F_MAJOR, e->major & OCTAL7);
	put_octal(block, F_MINOR, e->minor & OCTAL7);
	put_checksum(block);
	buf_add(to, block, sizeof(block));
}

/* Only old readers see that name: they write the records there. */
static void put_extended(struct buf *to, const struct buf *records)
{
	static const char zeros[TAR_BLOCK];
	struct tar_entry x = {.mode = 0644};
	put_header(to, &x, "PaxHeader", 'x', records->len);
	buf_add(to, records->data, records->len);
	buf_add(to, zeros, -records->len % TAR_BLOCK);
}

void tar_write(struct tar_entry *e, struct buf *to)
{
	cleanup_buf struct buf records = {0}, map = {0}, slashed = {0};
	const char *path = e->path;
	if (e->kind == TAR_DIRECTORY) {
		buf_printf(&slashed, "%s/", e->path);
		path = buf_text(&slashed);
	}
	e->stored = e->kind == TAR_FILE ? e->size : 0;
	if (e->sparse) {
		put_map(&map, e);
		e->stored = 0;
		for (size_t i = 0; i < e->extent_count; i++)
			e->stored += e->extents[i].len;
	}
	if (path)
		put_records(&records, e, path, e->stored + map.len);
	if (!path || records.failed || map.failed) {
		to->failed = true;
		return;
	}
	if (records.len > 0)
		put_extended(to, &records);
	put_header(to, e, e->sparse ? "GNUSparseFile" : path, (char)e->kind, e->stored + map.len);
	buf_add(to, map.data, map.len);
	e->padding = -e->stored % TAR_BLOCK;
}

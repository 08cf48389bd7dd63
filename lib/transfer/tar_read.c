/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "tar.h"

/* Types of headers that are about another one. */
enum {
	PAX_NEXT = 'x',
	PAX_GLOBAL = 'g',
	GNU_NAME = 'L',
	GNU_LINK = 'K',
	GNU_SPARSE = 'S',
	GNU_LABEL = 'V',
	GNU_MULTI = 'M'
};

struct header {
	char block[TAR_BLOCK];
	char type;
	uint64_t size;
};

/* Octal digits, after blanks, up to a blank or NUL; or base 256, which GNU marks by the first bit. */
static int number(const char *field, size_t room, uint64_t *ret)
{
	const unsigned char *f = (const unsigned char *)field;
	uint64_t n = 0;
	size_t i = 0;
	if (f[0] & 0x80) {
		n = f[0] & 0x3f;
		if (f[0] & 0x40)
			return -ERANGE; /* negative */
		for (i = 1; i < room; i++) {
			if (n >> 55)
				return -ERANGE;
			n = n << 8 | f[i];
		}
		*ret = n;
		return 0;
	}
	while (i < room && f[i] == ' ')
		i++;
	for (; i < room && f[i] >= '0' && f[i] <= '7'; i++)
		n = n << 3 | (uint64_t)(f[i] - '0');
	*ret = n;
	return i == room || f[i] == ' ' || f[i] == '\0' ? 0 : -EBADMSG;
}

/* A time before 1970 in base 256 is the one number that may be below zero. */
static int time_of(const char *field, int64_t *ret)
{
	const unsigned char *f = (const unsigned char *)field;
	uint64_t n;
	if ((f[0] & 0xc0) == 0xc0) {
		n = UINT64_MAX;
		for (int i = 4; i < 12; i++)
			n = n << 8 | f[i];
		*ret = (int64_t)n;
		return 0;
	}
	int r = number(field, 12, &n);
	*ret = n <= INT64_MAX ? (int64_t)n : 0;
	return r;
}

static bool is_checked(const char *block)
{
	uint64_t want;
	uint64_t sum = 0;
	int64_t signed_sum = 0; /* as some old programs counted */
	if (number(block + 148, 8, &want) < 0)
		return false;
	for (int i = 0; i < TAR_BLOCK; i++) {
		char c = i >= 148 && i < 156 ? ' ' : block[i];
		sum += (unsigned char)c;
		signed_sum += (signed char)c;
	}
	return want == sum || (int64_t)want == signed_sum;
}

static bool is_zero(const char *block)
{
	for (int i = 0; i < TAR_BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

static int broken(struct error *err, const char *why)
{
	return error_set(err, -EBADMSG, "the tar stream is broken: %s", why);
}

static int unread(struct error *err, int r)
{
	return r == -ENODATA ? error_set(err, r, "the tar stream ended early")
			     : error_errno(err, r, "cannot read the tar stream");
}

/* What people have in their hands instead; `have` bytes of it are there. */
static int say_kind(const char *block, size_t have, struct error *err)
{
	static const struct {
		const char *magic, *command;
		size_t len;
	} kinds[] = {{"\x1f\x8b", "gunzip -c", 2},
		     {"BZh", "bunzip2 -c", 3},
		     {"\xfd"
		      "7zXZ",
		      "xz -dc", 5},
		     {"\x28\xb5\x2f\xfd", "zstd -dc", 4}};
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (have >= kinds[i].len && memcmp(block, kinds[i].magic, kinds[i].len) == 0)
			return error_set(err, -EBADMSG,
					 "the tar stream is compressed: uncompress it first, as in %s FILE | centerctl "
					 "...",
					 kinds[i].command);
	return error_set(err, -EBADMSG, "what came is no tar stream");
}

/* A file that is too short for a header is told from nothing at all. */
static int check_begin(struct tar_reader *t, struct error *err)
{
	const char *block;
	long have = source_peek(t->from, &block, TAR_BLOCK);
	if (have < 0)
		return unread(err, (int)have);
	if (have == 0)
		return error_set(err, -ENODATA, "nothing came: the tar stream is empty");
	return have < TAR_BLOCK ? say_kind(block, (size_t)have, err) : 0;
}

/* 1: a header; 0: the end. */
static int next_header(struct tar_reader *t, struct header *h, struct error *err)
{
	int r = t->begun ? 0 : check_begin(t, err);
	if (r < 0)
		return r;
	r = source_read(t->from, h->block, TAR_BLOCK);
	if (r < 0)
		return unread(err, r);
	if (is_zero(h->block))
		return 0;
	if (!is_checked(h->block))
		return t->begun ? broken(err, "a header's checksum is wrong") : say_kind(h->block, TAR_BLOCK, err);
	t->begun = true;
	h->type = h->block[156] ? h->block[156] : TAR_FILE;
	if (number(h->block + 124, 12, &h->size) < 0 || h->size > INT64_MAX)
		return broken(err, "a size is none");
	return 1;
}

/* The content of a header that is about another one, with a NUL behind it. */
static int read_extra(struct tar_reader *t, const struct header *h, char **ret, struct error *err)
{
	if (h->size > TAR_PAX_MAX)
		return broken(err, "an extended header is too long");
	cleanup_free char *data = calloc(1, h->size + 1);
	if (!data)
		return error_errno(err, -ENOMEM, "cannot read the tar stream");
	int r = source_read(t->from, data, h->size);
	if (r == 0)
		r = source_skip(t->from, -h->size % TAR_BLOCK);
	if (r < 0)
		return unread(err, r);
	*ret = steal_ptr(data);
	return 0;
}

static int set_text(char **to, const char *text, size_t len)
{
	char *copy = strndup(text, len);
	if (!copy)
		return -ENOMEM;
	free(*to);
	*to = copy;
	return 0;
}

/* Reads what stands before the entry's own header, which it leaves in *h. 1, 0 at the end, or -errno. */
static int read_headers(struct tar_reader *t, struct header *h, struct tar_pax *pax, struct error *err)
{
	for (;;) {
		int r = next_header(t, h, err);
		if (r <= 0)
			return r;
		cleanup_free char *extra = NULL;
		switch (h->type) {
		case PAX_NEXT:
			r = read_extra(t, h, &extra, err);
			if (r == 0 && tar_pax_parse(pax, extra, h->size) < 0)
				r = broken(err, "an extended header cannot be understood");
			break;
		case GNU_NAME:
		case GNU_LINK:
			r = h->size > TAR_NAME_MAX ? broken(err, "a name is too long") : read_extra(t, h, &extra, err);
			if (r == 0 && set_text(h->type == GNU_NAME ? &pax->path : &pax->link, extra, h->size) < 0)
				r = error_errno(err, -ENOMEM, "cannot read the tar stream");
			break;
		case PAX_GLOBAL: /* git archive's comment; nothing in one may say where a file goes */
		case GNU_LABEL:
			r = source_skip(t->from, h->size + -h->size % TAR_BLOCK);
			if (r < 0)
				r = unread(err, r);
			break;
		default:
			return 1;
		}
		if (r < 0)
			return r;
	}
}

static int take_name(const struct header *h, struct tar_pax *pax, struct tar_entry *e)
{
	char name[TAR_BLOCK];
	size_t prefix = memcmp(h->block + 257, "ustar\0", 6) == 0 ? strnlen(h->block + 345, 155) : 0;
	memcpy(name, h->block + 345, prefix);
	if (prefix > 0)
		name[prefix++] = '/';
	memcpy(name + prefix, h->block, 100);
	e->path = pax->sparse_name ? steal_ptr(pax->sparse_name)
		  : pax->path	   ? steal_ptr(pax->path)
				   : strndup(name, prefix + 100);
	e->link = pax->link ? steal_ptr(pax->link) : strndup(h->block + 157, 100);
	return e->path && e->link ? 0 : -ENOMEM;
}

static int take_ids(const struct header *h, const struct tar_pax *pax, struct tar_entry *e)
{
	uint64_t mode, uid, gid, major = 0, minor = 0;
	int64_t mtime;
	if (number(h->block + 100, 8, &mode) < 0 || number(h->block + 108, 8, &uid) < 0 ||
	    number(h->block + 116, 8, &gid) < 0 || time_of(h->block + 136, &mtime) < 0)
		return -EBADMSG;
	if ((h->type == TAR_CHAR || h->type == TAR_BLOCK_DEVICE) &&
	    (number(h->block + 329, 8, &major) < 0 || number(h->block + 337, 8, &minor) < 0))
		return -EBADMSG;
	if (uid > UINT32_MAX || gid > UINT32_MAX || major > UINT32_MAX || minor > UINT32_MAX)
		return -EBADMSG;
	e->mode = (uint32_t)mode & 07777;
	e->uid = pax->has_uid ? pax->uid : (uint32_t)uid;
	e->gid = pax->has_gid ? pax->gid : (uint32_t)gid;
	e->mtime = pax->has_mtime ? pax->mtime : mtime;
	e->mtime_ns = pax->has_mtime ? pax->mtime_ns : 0;
	e->major = (uint32_t)major;
	e->minor = (uint32_t)minor;
	return 0;
}

/* A line of a map in GNU.sparse 1.0, read byte by byte out of blocks that are counted. */
static int map_number(struct source *s, uint64_t *left, uint64_t *ret)
{
	uint64_t n = 0;
	for (int digits = 0;; digits++) {
		char c;
		if (*left == 0)
			return -EBADMSG;
		int r = source_read(s, &c, 1);
		if (r < 0)
			return r;
		--*left;
		if (c == '\n' && digits > 0)
			break;
		if (c < '0' || c > '9' || digits >= 19)
			return -EBADMSG;
		n = n * 10 + (uint64_t)(c - '0');
	}
	*ret = n;
	return n <= INT64_MAX ? 0 : -EBADMSG;
}

/* What the map takes is taken off `stored`. */
static int read_map(struct source *s, struct tar_entry *e)
{
	uint64_t left = e->stored, count, offset, len;
	int r = map_number(s, &left, &count);
	if (r == 0 && count > TAR_EXTENTS_MAX)
		r = -EBADMSG;
	for (uint64_t i = 0; r == 0 && i < count; i++) {
		r = map_number(s, &left, &offset);
		if (r == 0)
			r = map_number(s, &left, &len);
		if (r == 0)
			r = tar_entry_add_extent(e, offset, len);
	}
	uint64_t pad = -(e->stored - left) % TAR_BLOCK;
	if (r == 0 && pad > left)
		r = -EBADMSG;
	if (r == 0)
		r = source_skip(s, pad);
	if (r == 0)
		e->stored = left - pad;
	return r;
}

/* The old format: four pairs in the header, and 21 in each block that follows while a byte says so. */
static int old_pairs(struct tar_entry *e, const char *at, int count)
{
	for (int i = 0; i < count; i++, at += 24) {
		uint64_t offset, len;
		if (at[0] == '\0')
			return 0;
		if (number(at, 12, &offset) < 0 || number(at + 12, 12, &len) < 0 ||
		    tar_entry_add_extent(e, offset, len) < 0)
			return -EBADMSG;
	}
	return 0;
}

static int read_old_sparse(struct source *s, const struct header *h, struct tar_entry *e)
{
	char block[TAR_BLOCK];
	if (number(h->block + 483, 12, &e->size) < 0)
		return -EBADMSG;
	int r = old_pairs(e, h->block + 386, 4);
	for (bool more = h->block[482] != '\0'; r == 0 && more; more = block[504] != '\0') {
		r = source_read(s, block, sizeof(block));
		if (r == 0)
			r = old_pairs(e, block, 21);
	}
	return r;
}

/* Extents in order, apart, within the file, and together what is stored. */
static bool is_sound(const struct tar_entry *e)
{
	uint64_t at = 0, sum = 0;
	for (size_t i = 0; i < e->extent_count; i++) {
		const struct tar_extent *x = &e->extents[i];
		if (x->offset < at || x->len > INT64_MAX || x->offset > e->size || x->len > e->size - x->offset)
			return false;
		at = x->offset + x->len;
		sum += x->len;
	}
	return sum == e->stored && e->size <= INT64_MAX;
}

static int take_sparse(struct source *s, const struct header *h, struct tar_pax *pax, struct tar_entry *e)
{
	int r = 0;
	e->sparse = true;
	if (h->type == GNU_SPARSE) {
		r = read_old_sparse(s, h, e);
	} else {
		if (!pax->has_real_size)
			return -EBADMSG;
		e->size = pax->real_size;
		if (pax->sparse_major == 1 && pax->sparse_minor == 0) {
			r = read_map(s, e);
		} else if (pax->sparse_major == 0) {
			e->extents = steal_ptr(pax->extra.extents);
			e->extent_count = pax->extra.extent_count;
			pax->extra.extent_count = 0;
		} else {
			r = -EBADMSG;
		}
	}
	if (r == 0 && !is_sound(e))
		r = -EBADMSG;
	return r;
}

/* Types that are kinds of files for us; what is unknown is a file, as the standard has it. */
static enum tar_kind kind_of(char type, const char *path)
{
	if (type >= TAR_HARDLINK && type <= TAR_FIFO)
		return (enum tar_kind)type;
	size_t len = strlen(path);
	return len > 0 && path[len - 1] == '/' ? TAR_DIRECTORY : TAR_FILE; /* so did the oldest format write them */
}

static void cut_slashes(char *path)
{
	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
}

static int make_entry(struct tar_reader *t, const struct header *h, struct tar_pax *pax, struct tar_entry *e)
{
	int r = take_name(h, pax, e);
	if (r == 0)
		r = take_ids(h, pax, e);
	if (r < 0)
		return r;
	if (!*e->path)
		return -EBADMSG;
	e->kind = kind_of(h->type, e->path);
	cut_slashes(e->path);
	e->stored = pax->has_size ? pax->size : h->size;
	e->padding = -e->stored % TAR_BLOCK;
	/* Only files have content, and hard links may; others are given a size by old archives that means nothing. */
	if (e->kind != TAR_FILE && e->kind != TAR_HARDLINK)
		e->stored = e->padding = 0;
	e->size = e->stored;
	e->xattrs = steal_ptr(pax->extra.xattrs);
	e->xattr_count = pax->extra.xattr_count;
	pax->extra.xattr_count = 0;
	if (e->kind == TAR_FILE && (h->type == GNU_SPARSE || pax->sparse))
		return take_sparse(t->from, h, pax, e);
	return 0;
}

int tar_read(struct tar_reader *t, struct tar_entry *ret, struct error *err)
{
	cleanup_tar_pax struct tar_pax pax = {0};
	cleanup_tar_entry struct tar_entry e = {0};
	struct header h;
	int r = read_headers(t, &h, &pax, err);
	if (r <= 0)
		return r;
	if (h.type == GNU_MULTI)
		return broken(err, "it is one volume of several");
	r = make_entry(t, &h, &pax, &e);
	if (r == -ENODATA || (r < 0 && r != -EBADMSG && r != -ENOMEM && r != -E2BIG))
		return unread(err, r);
	if (r == -ENOMEM)
		return error_errno(err, r, "cannot read the tar stream");
	if (r < 0)
		return broken(err, "a header cannot be understood");
	*ret = e;
	e = (struct tar_entry){0};
	return 1;
}

/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "tar.h"

void tar_pax_done(struct tar_pax *p)
{
	free(p->path);
	free(p->link);
	free(p->sparse_name);
	tar_entry_done(&p->extra);
	*p = (struct tar_pax){0};
}

static int take_u32(const char *value, uint32_t *ret)
{
	uint64_t n;
	if (parse_u64(value, UINT32_MAX, &n) < 0)
		return -EBADMSG;
	*ret = (uint32_t)n;
	return 0;
}

static int take_u64(const char *value, uint64_t *ret)
{
	return parse_u64(value, INT64_MAX, ret) < 0 ? -EBADMSG : 0;
}

/* "[-]SECONDS[.FRACTION]"; digits behind the ninth are dropped. */
static int take_time(struct tar_pax *p, const char *value)
{
	bool negative = *value == '-';
	value += negative;
	size_t whole = strspn(value, "0123456789");
	char seconds[24];
	uint64_t s;
	uint32_t ns = 0;
	if (whole >= sizeof(seconds))
		return -EBADMSG;
	memcpy(seconds, value, whole);
	seconds[whole] = '\0';
	if (take_u64(seconds, &s) < 0 || (value[whole] != '\0' && value[whole] != '.'))
		return -EBADMSG;
	if (value[whole] == '.') {
		const char *digit = value + whole + 1;
		if (digit[strspn(digit, "0123456789")] != '\0')
			return -EBADMSG;
		for (uint32_t unit = 100000000; *digit && unit > 0; digit++, unit /= 10)
			ns += unit * (uint32_t)(*digit - '0');
	}
	p->mtime = negative ? -(int64_t)s - (ns ? 1 : 0) : (int64_t)s;
	p->mtime_ns = negative && ns ? 1000000000 - ns : ns;
	p->has_mtime = true;
	return 0;
}

/* Empty: what the header says counts again, as the standard has it. */
static int take_text(char **to, const char *value, size_t len)
{
	if (len > TAR_NAME_MAX || strlen(value) != len)
		return -EBADMSG;
	free(*to);
	*to = len ? strdup(value) : NULL;
	return len && !*to ? -ENOMEM : 0;
}

static int too_much(int r)
{
	return r == -E2BIG ? -EBADMSG : r;
}

/* GNU.sparse 0.1: "OFFSET,LENGTH,OFFSET,LENGTH,..." */
static int take_map(struct tar_pax *p, const char *value)
{
	p->extra.extent_count = 0;
	free(p->extra.extents);
	p->extra.extents = NULL;
	while (*value) {
		uint64_t pair[2];
		for (int i = 0; i < 2; i++) {
			char number[24];
			size_t n = strspn(value, "0123456789");
			if (n >= sizeof(number) || (value[n] != ',' && (value[n] != '\0' || i == 0)))
				return -EBADMSG;
			memcpy(number, value, n);
			number[n] = '\0';
			if (take_u64(number, &pair[i]) < 0)
				return -EBADMSG;
			value += n + (value[n] == ',');
		}
		int r = too_much(tar_entry_add_extent(&p->extra, pair[0], pair[1]));
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_sparse(struct tar_pax *p, const char *key, const char *value, size_t len)
{
	p->sparse = true;
	if (str_eq(key, "major"))
		return take_u64(value, &p->sparse_major);
	if (str_eq(key, "minor"))
		return take_u64(value, &p->sparse_minor);
	if (str_eq(key, "name"))
		return take_text(&p->sparse_name, value, len);
	if (str_eq(key, "realsize") || str_eq(key, "size")) {
		p->has_real_size = true;
		return take_u64(value, &p->real_size);
	}
	if (str_eq(key, "map"))
		return take_map(p, value);
	if (str_eq(key, "offset")) { /* 0.0: pairs of records */
		p->has_offset = true;
		return take_u64(value, &p->pending_offset);
	}
	if (str_eq(key, "numbytes")) {
		uint64_t n;
		if (!p->has_offset || take_u64(value, &n) < 0)
			return -EBADMSG;
		p->has_offset = false;
		return too_much(tar_entry_add_extent(&p->extra, p->pending_offset, n));
	}
	return str_eq(key, "numblocks") ? 0 : -EBADMSG;
}

/* What is not known changes nothing that we could do. The value is followed by a NUL. */
static int take_record(struct tar_pax *p, const char *key, const char *value, size_t len)
{
	const char *rest = str_after(key, "SCHILY.xattr.");
	if (rest)
		return *rest && strlen(rest) < 256 ? too_much(tar_entry_add_xattr(&p->extra, rest, value, len))
						   : -EBADMSG;
	rest = str_after(key, "GNU.sparse.");
	if (rest)
		return take_sparse(p, rest, value, len);
	if (str_eq(key, "path"))
		return take_text(&p->path, value, len);
	if (str_eq(key, "linkpath"))
		return take_text(&p->link, value, len);
	if (str_eq(key, "size")) {
		p->has_size = len > 0;
		return len ? take_u64(value, &p->size) : 0;
	}
	if (str_eq(key, "uid")) {
		p->has_uid = len > 0;
		return len ? take_u32(value, &p->uid) : 0;
	}
	if (str_eq(key, "gid")) {
		p->has_gid = len > 0;
		return len ? take_u32(value, &p->gid) : 0;
	}
	if (str_eq(key, "mtime")) {
		p->has_mtime = false;
		return len ? take_time(p, value) : 0;
	}
	return 0;
}

int tar_pax_parse(struct tar_pax *p, const char *data, size_t len)
{
	while (len > 0) {
		size_t total = 0, i = 0;
		for (; i < len && data[i] >= '0' && data[i] <= '9' && total <= len; i++)
			total = total * 10 + (size_t)(data[i] - '0');
		if (i == 0 || i >= len || data[i] != ' ' || total > len || total < i + 4 || data[total - 1] != '\n')
			return -EBADMSG;
		const char *key = data + i + 1;
		size_t room = total - i - 2; /* of KEY=VALUE */
		const char *equals = memchr(key, '=', room);
		if (!equals || equals == key)
			return -EBADMSG;
		size_t value_len = room - (size_t)(equals - key) - 1;
		char *copy = malloc(room + 1);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, key, room);
		copy[room] = copy[equals - key] = '\0';
		int r = take_record(p, copy, copy + (equals - key) + 1, value_len);
		free(copy);
		if (r < 0)
			return r;
		data += total;
		len -= total;
	}
	return 0;
}

/* SPDX-License-Identifier: ISC */
#include "pack.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char MAGIC[16] = "centerctl-pack1";

static void put_u32(struct buf *b, uint32_t value)
{
	buf_add(b, &value, sizeof(value));
}

static void put_u64(struct buf *b, uint64_t value)
{
	buf_add(b, &value, sizeof(value));
}

static uint32_t get_u32(const unsigned char *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t get_u64(const unsigned char *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

void pack_encode(const struct pack *p, uint64_t offset, struct buf *to)
{
	for (size_t i = 0; i < p->count; i++) {
		put_u32(to, p->files[i].role);
		buf_add(to, p->files[i].name, PACK_NAME_MAX);
		put_u64(to, p->files[i].offset);
		put_u64(to, p->files[i].len);
	}
	buf_add(to, MAGIC, sizeof(MAGIC));
	put_u32(to, (uint32_t)p->count);
	put_u32(to, 0);
	put_u64(to, offset);
}

int pack_find_index(const void *end, uint64_t size, uint64_t *ret_offset, size_t *ret_len)
{
	const unsigned char *at = end;
	if (size < PACK_END_SIZE || memcmp(at, MAGIC, sizeof(MAGIC)) != 0)
		return -ENOENT;
	uint32_t count = get_u32(at + 16);
	uint64_t offset = get_u64(at + 24), len = (uint64_t)count * PACK_ENTRY_SIZE;
	if (count == 0 || count > PACK_FILES_MAX || get_u32(at + 20) != 0 || size > PACK_BYTES_MAX ||
	    offset != size - PACK_END_SIZE - len)
		return -EBADMSG;
	*ret_offset = offset;
	*ret_len = (size_t)len;
	return 0;
}

static bool is_name(const char *name)
{
	size_t len = strnlen(name, PACK_NAME_MAX);
	if (len == 0 || len == PACK_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '/')
			return false;
	return true;
}

static int take_file(const unsigned char *at, uint64_t end, struct pack_file *ret)
{
	uint32_t role = get_u32(at);
	memcpy(ret->name, at + 4, PACK_NAME_MAX);
	ret->offset = get_u64(at + 4 + PACK_NAME_MAX);
	ret->len = get_u64(at + 4 + PACK_NAME_MAX + 8);
	if (role == PACK_NOTHING || role > PACK_ROLE_MAX || !is_name(ret->name) || ret->len == 0 ||
	    ret->offset % PACK_ALIGN != 0 || ret->offset > end || ret->len > end - ret->offset)
		return -EBADMSG;
	ret->role = (enum pack_role)role;
	return 0;
}

static size_t count_role(const struct pack *p, enum pack_role role)
{
	size_t found = 0;
	for (size_t i = 0; i < p->count; i++)
		found += p->files[i].role == role;
	return found;
}

int pack_decode(const void *data, size_t len, uint64_t offset, struct pack *ret)
{
	struct pack p = {.count = len / PACK_ENTRY_SIZE};
	if (len % PACK_ENTRY_SIZE != 0 || p.count > PACK_FILES_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < p.count; i++)
		if (take_file((const unsigned char *)data + i * PACK_ENTRY_SIZE, offset, &p.files[i]) < 0)
			return -EBADMSG;
	if (count_role(&p, PACK_LOADER) != 1 || count_role(&p, PACK_PROGRAM) != 1)
		return -EBADMSG;
	*ret = p;
	return 0;
}

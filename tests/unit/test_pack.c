/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/inside/pack.h"

enum { INDEX_AT = 4 * PACK_ALIGN };

static struct pack good(void)
{
	return (struct pack){.count = 3,
			     .files = {{PACK_PRELOAD, "libc.so.6", PACK_ALIGN, 100},
				       {PACK_PROGRAM, "sftp-server", 2 * PACK_ALIGN, PACK_ALIGN},
				       {PACK_LOADER, "ld.so", 3 * PACK_ALIGN, PACK_ALIGN}}};
}

static int read_back(const struct buf *b, struct pack *ret)
{
	uint64_t at;
	size_t len;
	assert_true(b->len >= PACK_END_SIZE);
	int r = pack_find_index(b->data + b->len - PACK_END_SIZE, INDEX_AT + b->len, &at, &len);
	if (r < 0)
		return r;
	assert_int_equal(at, INDEX_AT);
	assert_int_equal(len, b->len - PACK_END_SIZE);
	return pack_decode(b->data, len, at, ret);
}

static void what_was_packed_is_found(void **state)
{
	(void)state;
	struct pack in = good(), out;
	cleanup_buf struct buf b = {0};
	pack_encode(&in, INDEX_AT, &b);
	assert_int_equal(read_back(&b, &out), 0);
	assert_memory_equal(&in, &out, sizeof(in));
}

static void a_program_alone_has_no_index(void **state)
{
	(void)state;
	char end[PACK_END_SIZE] = "\177ELF";
	uint64_t at;
	size_t len;
	assert_int_equal(pack_find_index(end, 1 << 20, &at, &len), -ENOENT);
	assert_int_equal(pack_find_index(end, 3, &at, &len), -ENOENT);
}

/* Wherever one byte of the index differs, nothing lies outside of the file. */
static void no_damage_leads_out_of_the_file(void **state)
{
	(void)state;
	struct pack in = good(), out;
	cleanup_buf struct buf b = {0};
	pack_encode(&in, INDEX_AT, &b);
	for (size_t i = 0; i < b.len - PACK_END_SIZE; i++) {
		for (int bit = 0; bit < 8; bit++) {
			b.data[i] ^= (char)(1 << bit);
			if (read_back(&b, &out) == 0)
				for (size_t f = 0; f < out.count; f++)
					assert_true(out.files[f].offset + out.files[f].len <= INDEX_AT);
			b.data[i] ^= (char)(1 << bit);
		}
	}
}

static void expect_refused(void (*change)(struct pack *p))
{
	struct pack p = good(), out;
	cleanup_buf struct buf b = {0};
	change(&p);
	pack_encode(&p, INDEX_AT, &b);
	assert_int_equal(read_back(&b, &out), -EBADMSG);
}

static void no_loader(struct pack *p)
{
	p->files[2].role = PACK_PRELOAD;
}

static void two_programs(struct pack *p)
{
	p->files[0].role = PACK_PROGRAM;
}

static void unknown_role(struct pack *p)
{
	p->files[0].role = (enum pack_role)(PACK_ROLE_MAX + 1);
}

static void empty_name(struct pack *p)
{
	p->files[0].name[0] = '\0';
}

static void name_with_a_slash(struct pack *p)
{
	strcpy(p->files[0].name, "../x");
}

static void name_without_end(struct pack *p)
{
	memset(p->files[0].name, 'a', PACK_NAME_MAX);
}

static void behind_the_end(struct pack *p)
{
	p->files[0].len = INDEX_AT;
}

static void around_the_end(struct pack *p)
{
	p->files[0].offset = UINT64_MAX - PACK_ALIGN + 1;
	p->files[0].len = PACK_ALIGN + 1;
}

static void not_aligned(struct pack *p)
{
	p->files[0].offset++;
}

static void empty_file(struct pack *p)
{
	p->files[0].len = 0;
}

static void an_index_that_contradicts_itself_is_refused(void **state)
{
	(void)state;
	expect_refused(no_loader);
	expect_refused(two_programs);
	expect_refused(unknown_role);
	expect_refused(empty_name);
	expect_refused(name_with_a_slash);
	expect_refused(name_without_end);
	expect_refused(behind_the_end);
	expect_refused(around_the_end);
	expect_refused(not_aligned);
	expect_refused(empty_file);
}

static void the_end_must_fit_the_file(void **state)
{
	(void)state;
	struct pack in = good();
	uint64_t at;
	size_t len;
	cleanup_buf struct buf b = {0};
	pack_encode(&in, INDEX_AT, &b);
	const char *end = b.data + b.len - PACK_END_SIZE;
	assert_int_equal(pack_find_index(end, INDEX_AT + b.len + 1, &at, &len), -EBADMSG);
	assert_int_equal(pack_find_index(end, INDEX_AT + b.len - 1, &at, &len), -EBADMSG);
	assert_int_equal(pack_find_index(end, PACK_END_SIZE, &at, &len), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(what_was_packed_is_found),	     IT(a_program_alone_has_no_index),
		IT(no_damage_leads_out_of_the_file), IT(an_index_that_contradicts_itself_is_refused),
		IT(the_end_must_fit_the_file),
	};
	return RUN(tests);
}

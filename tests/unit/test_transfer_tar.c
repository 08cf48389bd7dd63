/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/transfer/tar.h"

/* Writes the entry, reads it again, and compares what has to be the same. */
static void round_trip(struct tar_entry *e)
{
	struct error err;
	cleanup_buf struct buf b = {0};
	struct source s;
	cleanup_tar_entry struct tar_entry got = {0};
	static const char zeros[2 * TAR_BLOCK];
	tar_write(e, &b);
	assert_false(b.failed);
	for (uint64_t i = 0; i < e->stored + e->padding && e->stored < 1 << 20; i++)
		buf_add(&b, "x", 1);
	buf_add(&b, zeros, sizeof(zeros));
	assert_int_equal(b.len % TAR_BLOCK, 0);
	assert_int_equal(source_open_memory(&s, b.data, b.len), 0);
	struct tar_reader reader = {.from = &s};
	assert_int_equal(tar_read(&reader, &got, &err), 1);
	assert_int_equal(got.kind, e->kind);
	assert_string_equal(got.path, e->path);
	assert_string_equal(got.link, e->link ? e->link : "");
	assert_int_equal(got.mode, e->mode);
	assert_int_equal(got.uid, e->uid);
	assert_int_equal(got.gid, e->gid);
	assert_int_equal(got.mtime, e->mtime);
	assert_int_equal(got.mtime_ns, e->mtime_ns);
	assert_int_equal(got.stored, e->stored);
	assert_int_equal(got.padding, e->padding);
	assert_int_equal(got.size, e->kind == TAR_FILE ? e->size : 0);
	assert_int_equal(got.extent_count, e->extent_count);
	assert_int_equal(got.xattr_count, e->xattr_count);
	for (size_t i = 0; i < got.extent_count; i++)
		assert_memory_equal(&got.extents[i], &e->extents[i], sizeof(*got.extents));
	for (size_t i = 0; i < got.xattr_count; i++) {
		assert_string_equal(got.xattrs[i].name, e->xattrs[i].name);
		assert_int_equal(got.xattrs[i].len, e->xattrs[i].len);
		assert_memory_equal(got.xattrs[i].value, e->xattrs[i].value, e->xattrs[i].len);
	}
	if (e->stored < 1 << 20) {
		cleanup_tar_entry struct tar_entry end = {0};
		assert_int_equal(source_skip(&s, got.stored + got.padding), 0);
		assert_int_equal(tar_read(&reader, &end, &err), 0);
	}
	source_done(&s);
}

static void what_is_written_is_read_again(void **state)
{
	(void)state;
	char deep[3000], parts[210];
	memset(deep, 'd', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	memset(parts, 'p', sizeof(parts));
	parts[150] = '/';
	parts[sizeof(parts) - 1] = '\0';
	struct tar_entry cases[] = {
		{.kind = TAR_FILE, .path = (char *)"a", .mode = 0644, .size = 5, .mtime = 1700000000},
		{.kind = TAR_FILE,
		 .path = (char *)"a",
		 .mode = 06755,
		 .uid = 4000000000,
		 .gid = 2097152,
		 .mtime = 1,
		 .mtime_ns = 1},
		{.kind = TAR_FILE, .path = (char *)"old", .mtime = -304819078, .mtime_ns = 123456789},
		{.kind = TAR_FILE, .path = (char *)"old", .mtime = -1, .mtime_ns = 0},
		{.kind = TAR_FILE, .path = (char *)"huge", .size = UINT64_C(9) << 30},
		{.kind = TAR_FILE, .path = (char *)"huge", .size = UINT64_C(9) << 40, .mtime = INT64_C(1) << 35},
		{.kind = TAR_DIRECTORY, .path = (char *)"d/e", .mode = 01777},
		{.kind = TAR_DIRECTORY, .path = parts, .mode = 0700},
		{.kind = TAR_DIRECTORY, .path = deep},
		{.kind = TAR_SYMLINK, .path = deep, .link = deep},
		{.kind = TAR_SYMLINK, .path = (char *)"l", .link = (char *)"\xff\xfe"},
		{.kind = TAR_HARDLINK, .path = parts, .link = (char *)"a"},
		{.kind = TAR_FILE, .path = (char *)"\x80\n\x1b[31m", .size = 1},
		{.kind = TAR_FIFO, .path = (char *)"p"},
		{.kind = TAR_CHAR, .path = (char *)"c", .major = 1, .minor = 3},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		round_trip(&cases[i]);
}

static void holes_and_attributes_survive(void **state)
{
	(void)state;
	struct tar_entry e = {.kind = TAR_FILE, .size = UINT64_C(20) << 30, .sparse = true};
	e.path = strdup("sparse \xe9");
	for (uint64_t i = 0; i < 300; i++)
		assert_int_equal(tar_entry_add_extent(&e, i << 26, 17), 0);
	assert_int_equal(tar_entry_add_extent(&e, e.size, 0), 0);
	assert_int_equal(tar_entry_add_xattr(&e, "user.a", "\0=\n", 3), 0);
	assert_int_equal(tar_entry_add_xattr(&e, "security.capability", "", 0), 0);
	round_trip(&e);
	tar_entry_done(&e);
}

/* A header with a right checksum, from pieces that are not. */
static void put(struct buf *to, const char *name, char type, const char *size, const char *link)
{
	char block[TAR_BLOCK] = {0};
	unsigned sum = 0;
	snprintf(block, 100, "%s", name);
	memcpy(block + 100, "0000644", 7);
	snprintf(block + 124, 12, "%s", size);
	block[156] = type;
	snprintf(block + 157, 100, "%s", link);
	memset(block + 148, ' ', 8);
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	buf_add(to, block, sizeof(block));
}

static int read_one(const struct buf *b, struct tar_entry *ret, struct error *err)
{
	struct source s;
	*err = ERROR_INIT;
	assert_int_equal(source_open_memory(&s, b->data, b->len), 0);
	struct tar_reader reader = {.from = &s};
	int r = tar_read(&reader, ret, err);
	source_done(&s);
	return r;
}

static void gnu_names_are_read(void **state)
{
	(void)state;
	struct error err;
	char name[TAR_BLOCK] = {0};
	cleanup_buf struct buf b = {0};
	cleanup_tar_entry struct tar_entry e = {0};
	memset(name, 'n', 300);
	put(&b, "././@LongLink", 'L', "455", "");
	buf_add(&b, name, sizeof(name));
	put(&b, "short", '0', "0", "");
	assert_int_equal(read_one(&b, &e, &err), 1);
	assert_string_equal(e.path, name);
}

static void what_is_out_of_bounds_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *record;
		const char *says;
	} cases[] = {
		{"99 path=x\n", "cannot be understood"},
		{"9 path=x\n8 path\n", "cannot be understood"},
		{"5 path=x\n", "cannot be understood"},
		{"12 size=9999999999999999999999\n", "cannot be understood"},
		{"30 GNU.sparse.map=1,2,3,4,5,x\n", "cannot be understood"},
		{"11 uid=-1\n", "cannot be understood"},
		{"13 mtime=1.x\n", "cannot be understood"},
		{"0 a=b\n", "cannot be understood"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err;
		char size[16], block[TAR_BLOCK] = {0};
		cleanup_buf struct buf b = {0};
		cleanup_tar_entry struct tar_entry e = {0};
		snprintf(size, sizeof(size), "%o", (unsigned)strlen(cases[i].record));
		memcpy(block, cases[i].record, strlen(cases[i].record));
		put(&b, "x", 'x', size, "");
		buf_add(&b, block, sizeof(block));
		put(&b, "file", '0', "0", "");
		assert_int_equal(read_one(&b, &e, &err), -EBADMSG);
		assert_non_null(strstr(err.text, cases[i].says));
	}
}

static void extents_that_overlap_or_lie_outside_are_refused(void **state)
{
	(void)state;
	static const char *const maps[] = {"0,256,256,256", "0,10,5,5", "0,513",
					   "600,10",	    "10,502",	"0,4,100,9223372036854775807"};
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		struct error err;
		char records[TAR_BLOCK] = {0}, size[16];
		cleanup_buf struct buf b = {0};
		cleanup_tar_entry struct tar_entry e = {0};
		int n = snprintf(records, sizeof(records),
				 "22 GNU.sparse.major=0\n22 GNU.sparse.minor=1\n27 GNU.sparse.realsize=512\n");
		int len = (int)strlen("GNU.sparse.map=") + (int)strlen(maps[i]) + 4;
		n += snprintf(records + n, sizeof(records) - (size_t)n, "%d GNU.sparse.map=%s\n", len, maps[i]);
		snprintf(size, sizeof(size), "%o", (unsigned)n);
		put(&b, "x", 'x', size, "");
		buf_add(&b, records, sizeof(records));
		put(&b, "file", '0', "1000", "");
		assert_int_equal(read_one(&b, &e, &err), i == 0 ? 1 : -EBADMSG);
	}
}

static void what_is_no_tar_stream_is_called_what_it_is(void **state)
{
	(void)state;
	static const struct {
		const char *begin, *says;
	} cases[] = {{"\x1f\x8b", "gunzip -c FILE | centerctl "},
		     {"BZh9", "bunzip2 -c FILE |"},
		     {"\xfd"
		      "7zXZ",
		      "xz -dc FILE |"},
		     {"\x28\xb5\x2f\xfd", "zstd -dc FILE |"},
		     {"PK", "no tar stream"}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err;
		char block[TAR_BLOCK] = {0};
		cleanup_buf struct buf b = {0};
		cleanup_tar_entry struct tar_entry e = {0};
		memcpy(block, cases[i].begin, strlen(cases[i].begin));
		buf_add(&b, block, sizeof(block));
		assert_int_equal(read_one(&b, &e, &err), -EBADMSG);
		assert_non_null(strstr(err.text, cases[i].says));
		/* A short file is no tar stream either, but something came. */
		cleanup_buf struct buf few = {0};
		buf_add(&few, block, strlen(cases[i].begin));
		assert_int_equal(read_one(&few, &e, &err), -EBADMSG);
		assert_non_null(strstr(err.text, cases[i].says));
	}
}

static void a_stream_that_ends_early_is_told_from_its_end(void **state)
{
	(void)state;
	struct error err;
	cleanup_buf struct buf b = {0};
	cleanup_tar_entry struct tar_entry e = {0};
	assert_int_equal(read_one(&b, &e, &err), -ENODATA);
	assert_non_null(strstr(err.text, "empty"));
	put(&b, "././@LongLink", 'L', "455", "");
	assert_int_equal(read_one(&b, &e, &err), -ENODATA);
	assert_non_null(strstr(err.text, "ended early"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(holes_and_attributes_survive),
		cmocka_unit_test(gnu_names_are_read),
		cmocka_unit_test(what_is_out_of_bounds_is_refused),
		cmocka_unit_test(extents_that_overlap_or_lie_outside_are_refused),
		cmocka_unit_test(what_is_no_tar_stream_is_called_what_it_is),
		cmocka_unit_test(a_stream_that_ends_early_is_told_from_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

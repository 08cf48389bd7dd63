/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "lib/doctor/subid.h"

static void ranges_are_read_and_bad_lines_named(void **state)
{
	(void)state;
	cleanup_subid struct subid_table t = {0};
	assert_int_equal(
		subid_parse("# ours\nalice:100000:65536\n\n1001:200000:1000\nbob:x:1\ncarol:1\n:5:6\nalice:1:2", &t),
		0);
	assert_int_equal(t.count, 3);
	assert_int_equal(t.bad, 5);
	assert_string_equal(t.list[1].owner, "1001");
	assert_int_equal(t.list[1].line, 4);
	assert_int_equal(subid_total(&t, "alice", 1000), 65538);
	assert_int_equal(subid_total(&t, "bob", 1001), 1000);
	assert_int_equal(subid_total(&t, "dave", UINT64_MAX), 0);
}

static void ranges_overlap_where_they_share_an_id(void **state)
{
	(void)state;
	const struct {
		struct subid a, b;
		bool overlap;
	} cases[] = {
		{{NULL, 100, 100, 0}, {NULL, 200, 100, 0}, false},
		{{NULL, 100, 101, 0}, {NULL, 200, 100, 0}, true},
		{{NULL, 100, 100, 0}, {NULL, 150, 1, 0}, true},
		{{NULL, 100, 0, 0}, {NULL, 100, 100, 0}, false},
		{{NULL, UINT32_MAX, UINT32_MAX, 0}, {NULL, 0, 10, 0}, false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(subid_overlaps(&cases[i].a, &cases[i].b), cases[i].overlap);
		assert_int_equal(subid_overlaps(&cases[i].b, &cases[i].a), cases[i].overlap);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(ranges_are_read_and_bad_lines_named),
					   IT(ranges_overlap_where_they_share_an_id)};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/proto/wire.h"

static void what_is_written_is_read(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	char *words[] = {(char *)"one", (char *)"", NULL};
	wire_put_u32(&b, 7);
	wire_put_u64(&b, UINT64_MAX);
	wire_put_i64(&b, -5);
	wire_put_bool(&b, true);
	wire_put_str(&b, "text");
	wire_put_str(&b, NULL);
	wire_put_blob(&b, "a\0b", 3);
	wire_put_strv(&b, words);

	struct wire w = wire_start(b.data, b.len);
	assert_int_equal(wire_u32(&w), 7);
	assert_true(wire_u64(&w) == UINT64_MAX);
	assert_int_equal(wire_i64(&w), -5);
	assert_true(wire_bool(&w));
	cleanup_free char *text = wire_str(&w, 4);
	assert_string_equal(text, "text");
	char fixed[4];
	wire_str_into(&w, fixed, sizeof(fixed));
	assert_string_equal(fixed, "");
	size_t len;
	cleanup_free char *blob = wire_blob(&w, 3, &len);
	assert_int_equal(len, 3);
	assert_memory_equal(blob, "a\0b", 4);
	cleanup_strv char **v = wire_strv(&w, 2, 100);
	assert_int_equal(strv_len(v), 2);
	assert_int_equal(wire_end(&w), 0);
}

static void every_cut_of_a_message_is_bad(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	wire_put_u32(&b, 1);
	wire_put_str(&b, "text");
	for (size_t len = 0; len < b.len; len++) {
		struct wire w = wire_start(b.data, len);
		wire_u32(&w);
		free(wire_str(&w, 100));
		assert_int_equal(wire_end(&w), -EBADMSG);
	}
}

static void trailing_bytes_are_bad(void **state)
{
	(void)state;
	struct wire w = wire_start("\1\0\0\0x", 5);
	wire_u32(&w);
	assert_int_equal(wire_end(&w), -EBADMSG);
}

static void a_bad_field_makes_all_later_ones_empty(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	wire_put_u32(&b, 9);
	wire_put_u32(&b, 1);
	struct wire w = wire_start(b.data, b.len);
	assert_int_equal(wire_enum(&w, 8), 0);
	assert_int_equal(wire_u32(&w), 0);
	assert_null(wire_str(&w, 100));
	assert_int_equal(wire_end(&w), -EBADMSG);
}

static void booleans_are_0_or_1(void **state)
{
	(void)state;
	struct wire w = wire_start("\2\0\0\0", 4);
	assert_false(wire_bool(&w));
	assert_true(w.bad);
}

static void strings_have_limits_and_no_zero_inside(void **state)
{
	(void)state;
	struct wire longer = wire_start("\4\0\0\0text", 8);
	assert_null(wire_str(&longer, 3));
	struct wire zero = wire_start("\3\0\0\0a\0b", 7);
	assert_null(wire_str(&zero, 10));
	assert_true(zero.bad);
	char fixed[8];
	struct wire zero_fixed = wire_start("\3\0\0\0a\0b", 7);
	wire_str_into(&zero_fixed, fixed, sizeof(fixed));
	assert_true(zero_fixed.bad);
	struct wire exact = wire_start("\3\0\0\0abc", 7);
	wire_str_into(&exact, fixed, 4);
	assert_string_equal(fixed, "abc");
	struct wire too_long = wire_start("\3\0\0\0abc", 7);
	wire_str_into(&too_long, fixed, 3);
	assert_true(too_long.bad);
	assert_string_equal(fixed, "");
}

static void lengths_beyond_the_message_are_bad(void **state)
{
	(void)state;
	size_t len;
	struct wire w = wire_start("\xff\xff\xff\xff"
				   "abc",
				   7);
	assert_null(wire_blob(&w, SIZE_MAX, &len));
	assert_int_equal(len, 0);
	struct wire v = wire_start("\xff\xff\xff\x7f\0\0\0\0", 8);
	assert_null(wire_strv(&v, SIZE_MAX, SIZE_MAX));
}

static void vectors_are_bounded_in_count_and_bytes(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	char *words[] = {(char *)"aaa", (char *)"bbb", NULL};
	wire_put_strv(&b, words);
	struct wire count = wire_start(b.data, b.len);
	assert_null(wire_strv(&count, 1, 100));
	struct wire bytes = wire_start(b.data, b.len);
	assert_null(wire_strv(&bytes, 2, 5));
	struct wire fits = wire_start(b.data, b.len);
	cleanup_strv char **v = wire_strv(&fits, 2, 6);
	assert_non_null(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(what_is_written_is_read),
		IT(every_cut_of_a_message_is_bad),
		IT(trailing_bytes_are_bad),
		IT(a_bad_field_makes_all_later_ones_empty),
		IT(booleans_are_0_or_1),
		IT(strings_have_limits_and_no_zero_inside),
		IT(lengths_beyond_the_message_are_bad),
		IT(vectors_are_bounded_in_count_and_bytes),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "cmd/centerctl/progress.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"

static void assert_line(const struct progress *p, unsigned columns, const char *want)
{
	cleanup_buf struct buf b = {0};
	progress_format(p, columns, &b);
	assert_string_equal(buf_text(&b), want);
}

static void share_rate_and_what_is_left_are_shown(void **state)
{
	(void)state;
	const struct progress p = {.bytes = 256 << 20,
				   .files = 3,
				   .total_known = true,
				   .total_bytes = 1024 << 20,
				   .total_files = 9,
				   .elapsed_ms = 2000};
	assert_line(&p, 60, "256MiB of 1GiB  128MiB/s  25%  0:07 left  [####------------]");
	assert_line(&p, 44, "256MiB of 1GiB  128MiB/s  25%  0:07 left");
	assert_line(&p, 10, "256MiB of ");
}

static void without_a_total_there_is_no_share(void **state)
{
	(void)state;
	const struct progress p = {.bytes = 1536, .files = 3, .elapsed_ms = 1000};
	assert_line(&p, 80, "1.5KiB  1.5KiB/s  3 files");
}

static void more_than_the_total_is_all(void **state)
{
	(void)state;
	const struct progress p = {
		.bytes = 2000, .files = 3, .total_known = true, .total_bytes = 1000, .elapsed_ms = 0};
	cleanup_buf struct buf b = {0};
	progress_format(&p, 40, &b);
	assert_non_null(strstr(buf_text(&b), "100%"));
}

static void a_total_is_two_numbers(void **state)
{
	(void)state;
	uint64_t bytes = 0, files = 0;
	assert_true(progress_parse_total("total 12 3", &bytes, &files));
	assert_int_equal(bytes, 12);
	assert_int_equal(files, 3);
	static const char *const wrong[] = {"total 12",
					    "total 12 3 4",
					    "total -1 2",
					    "Total 1 2",
					    "total 1 2x",
					    "total  1 2",
					    "total 99999999999999999999999999999 1"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(progress_parse_total(wrong[i], &bytes, &files));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(share_rate_and_what_is_left_are_shown),
		cmocka_unit_test(without_a_total_there_is_no_share),
		cmocka_unit_test(more_than_the_total_is_all),
		cmocka_unit_test(a_total_is_two_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/proto/account.h"

static char *names[] = {(char *)"ci", (char *)"ops", NULL};
static gid_t gids[] = {1000, 27, 4711};

static void encode(struct buf *to, int32_t offset)
{
	const struct account a = {.name = (char *)"ci",
				  .home = (char *)"/home/ci",
				  .shell = (char *)"/bin/sh",
				  .gids = gids,
				  .groups = names,
				  .gid_count = 3,
				  .utc_offset = offset};
	account_encode(&a, to);
}

static void an_account_survives_the_way(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	cleanup_account struct account a = {0};
	encode(&b, -3600);
	assert_int_equal(account_decode(b.data, b.len, &a), 0);
	assert_string_equal(a.name, "ci");
	assert_string_equal(a.shell, "/bin/sh");
	assert_int_equal(a.gid_count, 3);
	assert_int_equal(a.gids[2], 4711);
	assert_string_equal(a.groups[1], "ops");
	assert_int_equal(a.utc_offset, -3600);
}

static void what_is_cut_or_out_of_range_is_refused(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct account a = {0};
	encode(&b, 0);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(account_decode(b.data, len, &a), -EBADMSG);
	cleanup_buf struct buf far = {0};
	encode(&far, 86400);
	assert_int_equal(account_decode(far.data, far.len, &a), -EBADMSG);
	assert_null(a.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_survives_the_way),
		cmocka_unit_test(what_is_cut_or_out_of_range_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

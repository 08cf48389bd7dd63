/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/proto/listing.h"

static char *words[] = {(char *)"app", (char *)"root", NULL};

static void encode_sample(struct buf *to)
{
	struct listing_grant grants[2] = {{.verbs = 3, .users = words, .where = (char *)"/etc/x:7"},
					  {.verbs = 1, .runs = words, .with = words}};
	struct listing_row rows[2] = {{.id = (char *)"abc", .name = (char *)"web", .grants = grants, .grant_count = 2},
				      {.name = (char *)"db", .image = (char *)"pg", .state = STATE_RUNNING}};
	const struct listing l = {.rows = rows, .count = 2, .everything = true};
	listing_encode(&l, to);
}

static void a_listing_survives_the_way(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	cleanup_listing struct listing l = {0};
	encode_sample(&b);
	assert_int_equal(listing_decode(b.data, b.len, &l), 0);
	assert_true(l.everything);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.rows[0].name, "web");
	assert_int_equal(l.rows[0].grant_count, 2);
	assert_string_equal(l.rows[0].grants[0].users[1], "root");
	assert_string_equal(l.rows[0].grants[0].where, "/etc/x:7");
	assert_string_equal(l.rows[0].grants[1].runs[0], "app");
	assert_string_equal(l.rows[1].image, "pg");
	assert_int_equal(l.rows[1].state, STATE_RUNNING);
	assert_int_equal(l.rows[1].grant_count, 0);
}

static void a_listing_that_is_cut_or_longer_is_refused(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct listing l = {0};
	encode_sample(&b);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(listing_decode(b.data, len, &l), -EBADMSG);
	buf_add(&b, "", 1);
	assert_int_equal(listing_decode(b.data, b.len, &l), -EBADMSG);
	assert_null(l.rows);
}

static void facts_survive_the_way_and_cuts_are_refused(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	cleanup_facts struct facts f = {0};
	const struct facts from = {.id = (char *)"abc",
				   .name = (char *)"web",
				   .labels = words,
				   .host_power = (char *)"it is privileged",
				   .state = STATE_PAUSED};
	facts_encode(&from, &b);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(facts_decode(b.data, len, &f), -EBADMSG);
	assert_int_equal(facts_decode(b.data, b.len, &f), 0);
	assert_string_equal(f.name, "web");
	assert_string_equal(f.user, "");
	assert_string_equal(f.labels[1], "root");
	assert_string_equal(f.host_power, "it is privileged");
	assert_int_equal(f.state, STATE_PAUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listing_survives_the_way),
		cmocka_unit_test(a_listing_that_is_cut_or_longer_is_refused),
		cmocka_unit_test(facts_survive_the_way_and_cuts_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

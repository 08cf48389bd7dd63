/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "lib/session/tree.h"

static void marks_a_session_and_its_descendants(void **state)
{
	(void)state;
	struct tree_process p[] = {
		{.pid = 10, .ppid = 1, .session = 10, .start_time = 100},  /* the leader */
		{.pid = 13, .ppid = 12, .session = 13, .start_time = 103}, /* left the session, but descends from it */
		{.pid = 11, .ppid = 10, .session = 10, .start_time = 101},
		{.pid = 12, .ppid = 11, .session = 12, .start_time = 102},
		{.pid = 14, .ppid = 1, .session = 10, .start_time = 104}, /* its parent has ended */
		{.pid = 20, .ppid = 1, .session = 20, .start_time = 105}, /* a daemon: the container's own by now */
		{.pid = 21, .ppid = 20, .session = 20, .start_time = 106},
		{.pid = 30, .ppid = 10, .session = 10, .start_time = 50}, /* older than the leader: another's number */
	};
	struct tree t = {.process = p, .count = ARRAY_SIZE(p)};
	tree_mark(&t, 10, 100);
	for (size_t i = 0; i < 5; i++)
		assert_true(p[i].member);
	for (size_t i = 5; i < ARRAY_SIZE(p); i++)
		assert_false(p[i].member);
}

static void an_empty_table_has_no_members(void **state)
{
	(void)state;
	struct tree t = {0};
	tree_mark(&t, 10, 0);
	tree_done(&t);
	assert_int_equal(t.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(marks_a_session_and_its_descendants), IT(an_empty_table_has_no_members)};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <stdlib.h>

#include "lib/base/io.h"
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
	tree_mark(&t, &(struct tree_root){.leader = 10, .since = 100});
	for (size_t i = 0; i < 5; i++)
		assert_true(p[i].member);
	for (size_t i = 5; i < ARRAY_SIZE(p); i++)
		assert_false(p[i].member);
}

static void marks_what_is_in_a_mount_namespace_of_its_own(void **state)
{
	(void)state;
	struct tree_process p[] = {
		{.pid = 12, .ppid = 1, .session = 12, .start_time = 101, .mounts = 7}, /* forked twice */
		{.pid = 13, .ppid = 12, .session = 13, .start_time = 102, .mounts = 8},
		{.pid = 14, .ppid = 1, .session = 14, .start_time = 103, .mounts = 8},
		{.pid = 15, .ppid = 1, .session = 15, .start_time = 99, .mounts = 7},
	};
	struct tree t = {.process = p, .count = ARRAY_SIZE(p)};
	tree_mark(&t, &(struct tree_root){.leader = 10, .since = 100, .mounts = 7});
	assert_true(p[0].member);
	assert_true(p[1].member);
	assert_false(p[2].member);
	assert_false(p[3].member);
	/* None that could be told apart: nothing is in namespace 0. */
	p[0].mounts = 0;
	tree_mark(&t, &(struct tree_root){.leader = 10, .since = 100});
	assert_false(p[0].member);
}

/* Each with the number below its parent's: the other way round than they were made. */
static void many_generations_take_no_longer_than_many_processes(void **state)
{
	(void)state;
	enum { MANY = 60000 };
	struct tree_process *p = calloc(MANY, sizeof(*p));
	struct tree t = {.process = p, .count = MANY};
	assert_non_null(p);
	for (int i = 0; i < MANY; i++)
		p[i] = (struct tree_process){.pid = 100 + i, .ppid = 101 + i, .session = 1, .start_time = 100};
	p[MANY - 1].session = p[MANY - 1].pid;
	int64_t from = now_ms();
	tree_mark(&t, &(struct tree_root){.leader = p[MANY - 1].pid, .since = 100});
	assert_true(now_ms() - from < 5000);
	for (int i = 0; i < MANY; i++)
		assert_true(p[i].member);
	/* A ring, which no kernel has. */
	p[MANY - 1] = (struct tree_process){.pid = 99, .ppid = 99, .start_time = 100};
	tree_mark(&t, &(struct tree_root){.leader = 7, .since = 100});
	assert_false(p[0].member);
	assert_false(p[MANY - 1].member);
	tree_done(&t);
}

static void an_empty_table_has_no_members(void **state)
{
	(void)state;
	struct tree t = {0};
	tree_mark(&t, &(struct tree_root){.leader = 10});
	tree_done(&t);
	assert_int_equal(t.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(marks_a_session_and_its_descendants), IT(marks_what_is_in_a_mount_namespace_of_its_own),
		IT(many_generations_take_no_longer_than_many_processes), IT(an_empty_table_has_no_members)};
	return RUN(tests);
}

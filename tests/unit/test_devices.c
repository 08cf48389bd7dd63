/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "lib/priv/devices.h"

static void what_engines_give_to_each_container_reaches_no_disk(void **state)
{
	(void)state;
	assert_false(devices_give_disks("b *:* m\nc *:* m\nc 1:3 rwm\nc 136:* rwm\nc 5:2 rwm\nc 10:200 rwm\n"));
	assert_false(devices_give_disks("c 210:* rwm\nc 2:1 rwm"));
	assert_false(devices_give_disks("a *:* m\n"));
}

static void block_devices_do_and_those_by_which_they_are_reached(void **state)
{
	(void)state;
	static const char *const rules[] = {"a *:* rwm\n", "b *:* rwm",	   "b 8:0 r",	 "b 8:* wm\n",
					    "c *:* rw",	   "c 21:* rwm\n", "c 21:0 wm\n"};
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		assert_true(devices_give_disks(rules[i]));
	assert_true(devices_give_disks("c 1:3 rwm\nb 259:0 rm\nc 5:2 rwm\n"));
}

static void what_is_no_rule_gives_nothing(void **state)
{
	(void)state;
	static const char *const odd[] = {"", "\n", "\n\n", "b", "b ", " ", "brw", "c\nrw", "x *:* rwm", "b 8:0 \n"};
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		assert_false(devices_give_disks(odd[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(what_engines_give_to_each_container_reaches_no_disk),
					   IT(block_devices_do_and_those_by_which_they_are_reached),
					   IT(what_is_no_rule_gives_nothing)};
	return RUN(tests);
}

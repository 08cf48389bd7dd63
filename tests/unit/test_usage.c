/* SPDX-License-Identifier: ISC */
/* cgroups(7), proc_pid_net(5): the kernel's files, as it writes them and cut. */
#include "test.h"

#include "lib/priv/usage.h"

static void a_number_stands_behind_its_whole_key(void **state)
{
	(void)state;
	uint64_t n = 7;
	assert_true(usage_keyed("cache 1\ninactive_file 4096\nfile 3\n", "inactive_file", &n));
	assert_int_equal(n, 4096);
	/* A key that only begins like it is another. */
	assert_false(usage_keyed("inactive_file_x 1\nx_inactive_file 2\n", "inactive_file", &n));
	assert_false(usage_keyed("inactive_file \n", "inactive_file", &n));
	assert_false(usage_keyed("inactive_file 99999999999999999999999\n", "inactive_file", &n));
	assert_false(usage_keyed("", "a", &n));
	assert_int_equal(n, 4096);
}

static void bytes_are_added_up_over_all_devices(void **state)
{
	(void)state;
	assert_int_equal(
		usage_io_sum("8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0\n8:16 rbytes=5 wbytes=1\n", "rbytes"), 15);
	assert_int_equal(usage_io_sum("8:0 rbytes=10 wbytes=20 dbytes=4\n8:16 wbytes=1\n", "wbytes"), 21);
	assert_int_equal(usage_io_sum("8:0 Read 100\n8:0 Write 7\n8:0 Total 107\n8:1 Read 1\nTotal 108\n", "Read"),
			 101);
	assert_int_equal(usage_io_sum("", "Read"), 0);
	assert_int_equal(usage_io_sum("8:0 Read", "Read"), 0);
}

static void every_interface_but_lo_counts(void **state)
{
	(void)state;
	uint64_t in, out;
	static const char text[] =
		"Inter-|   Receive                                                |  Transmit\n"
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop\n"
		"    lo: 9999 10 0 0 0 0 0 0 9999 10 0 0 0 0 0 0\n"
		"  eth0: 1000 10 0 0 0 0 0 0 300 3 0 0 0 0 0 0\n"
		"eth1:24 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0\n";
	usage_net(text, &in, &out);
	assert_int_equal(in, 1024);
	assert_int_equal(out, 308);
	/* A line that is cut says nothing. */
	usage_net("eth0: 1000 10 0 0\n", &in, &out);
	assert_int_equal(in, 0);
	assert_int_equal(out, 0);
	usage_net("eth0: max max 0 0 0 0 0 0 3\n", &in, &out);
	assert_int_equal(in, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_stands_behind_its_whole_key),
		cmocka_unit_test(bytes_are_added_up_over_all_devices),
		cmocka_unit_test(every_interface_but_lo_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

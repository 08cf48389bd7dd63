/* SPDX-License-Identifier: ISC */
/* cgroups(7), proc_pid_net(5): the kernel's files, as it writes them and cut. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

struct made_file {
	const char *name, *text;
};

/* A made hierarchy: files as the kernel writes them, in a directory of our own. */
static void make(char path[32], const struct made_file *files, size_t count, struct cgroup_hierarchy *ret)
{
	strcpy(path, "/tmp/usage.XXXXXX");
	assert_non_null(mkdtemp(path));
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	for (size_t i = 0; i < count; i++) {
		int fd = openat(dir, files[i].name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		assert_int_equal(write(fd, files[i].text, strlen(files[i].text)), strlen(files[i].text));
		close(fd);
	}
	*ret = (struct cgroup_hierarchy){.dir = dir, .init_dir = -EBADF, .tasks = -EBADF};
}

static void unmake(const char *path, const struct made_file *files, size_t count, const struct cgroup_hierarchy *h)
{
	for (size_t i = 0; i < count; i++)
		unlinkat(h->dir, files[i].name, 0);
	close(h->dir);
	rmdir(path);
}

static void read_made(const struct made_file *files, size_t count, struct stats *ret)
{
	char path[32];
	struct cgroups c = {.count = 1, .v2 = -1, .memory_events = -EBADF};
	const struct target nobody = TARGET_INIT;
	make(path, files, count, &c.at[0]);
	usage_read(&c, &nobody, ret);
	unmake(path, files, count, &c.at[0]);
}

static void version_two_is_read(void **state)
{
	(void)state;
	static const struct made_file files[] = {
		{"cpu.stat", "usage_usec 2500\nuser_usec 2000\nnr_throttled 1\nthrottled_usec 30\n"},
		{"cpu.max", "150000 100000\n"},
		{"memory.current", "1000000\n"},
		{"memory.stat", "anon 1\nfile 500000\ninactive_anon 3\ninactive_file 400000\n"},
		{"memory.max", "max\n"},
		{"memory.events", "low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\n"},
		{"pids.current", "7\n"},
		{"pids.max", "100\n"},
		{"io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n"},
	};
	struct stats s;
	read_made(files, ARRAY_SIZE(files), &s);
	assert_int_equal(s.known, STATS_CPU | STATS_MEMORY | STATS_PIDS | STATS_IO);
	assert_int_equal(s.cpu_ns, 2500000);
	assert_int_equal(s.throttled_ns, 30000);
	assert_int_equal(s.cpu_limit, 1500);
	assert_int_equal(s.memory, 600000);
	assert_true(s.memory_limit == UINT64_MAX);
	assert_int_equal(s.oom_kills, 1);
	assert_int_equal(s.pids, 7);
	assert_int_equal(s.pids_limit, 100);
	assert_int_equal(s.read_bytes, 10);
	assert_int_equal(s.written_bytes, 20);
}

static void version_one_is_read(void **state)
{
	(void)state;
	static const struct made_file files[] = {
		{"cpuacct.usage", "123456789\n"},
		{"cpu.stat", "nr_periods 4\nnr_throttled 2\nthrottled_time 77\n"},
		{"cpu.cfs_quota_us", "-1\n"},
		{"cpu.cfs_period_us", "100000\n"},
		{"memory.usage_in_bytes", "1000000\n"},
		{"memory.stat", "cache 1\ninactive_file 5\ntotal_inactive_file 300000\n"},
		{"memory.limit_in_bytes", "9223372036854771712\n"},
		{"memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n"},
		{"blkio.throttle.io_service_bytes_recursive", "8:0 Read 100\n8:0 Write 7\n8:0 Total 107\nTotal 107\n"},
	};
	struct stats s;
	read_made(files, ARRAY_SIZE(files), &s);
	assert_int_equal(s.known, STATS_CPU | STATS_MEMORY | STATS_IO);
	assert_int_equal(s.cpu_ns, 123456789);
	assert_int_equal(s.throttled_ns, 77);
	assert_int_equal(s.cpu_limit, 0);
	assert_int_equal(s.memory, 700000);
	assert_true(s.memory_limit == UINT64_MAX);
	assert_int_equal(s.oom_kills, 4);
	assert_int_equal(s.read_bytes, 100);
	assert_int_equal(s.written_bytes, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_stands_behind_its_whole_key),
		cmocka_unit_test(bytes_are_added_up_over_all_devices),
		cmocka_unit_test(every_interface_but_lo_counts),
		cmocka_unit_test(version_two_is_read),
		cmocka_unit_test(version_one_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

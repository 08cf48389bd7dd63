/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/priv/proc_cgroup.h"
#include "lib/priv/procfs.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const char STATUS[] = "Name:\tsh\nUmask:\t0027\nState:\tS (sleeping)\nTgid:\t4119\nPid:\t4119\nPPid:\t4099\n"
			     "Uid:\t1000\t1000\t1000\t1000\nGid:\t100\t100\t100\t100\nGroups:\t10 100 \n"
			     "NSpid:\t4119\t1\nCapInh:\t0000000000000001\nCapPrm:\t00000000a80425fb\n"
			     "CapEff:\t00000000a80425fa\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\n"
			     "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n";

static void reads_a_status(void **state)
{
	(void)state;
	cleanup_proc_status struct proc_status s = {0};
	assert_int_equal(proc_status_parse(STATUS, &s), 0);
	assert_int_equal(s.pid, 4119);
	assert_int_equal(s.ppid, 4099);
	assert_int_equal(s.uid[1], 1000);
	assert_int_equal(s.gid[3], 100);
	assert_int_equal(s.group_count, 2);
	assert_int_equal(s.groups[0], 10);
	assert_int_equal(s.ns_pid, 1);
	assert_int_equal(s.ns_pids[0], 4119);
	assert_int_equal(s.ns_pids[1], 1);
	assert_int_equal(s.ns_depth, 2);
	assert_int_equal(s.umask, 027);
	assert_int_equal(s.cap_inh, 1);
	assert_int_equal(s.cap_bnd, 0x1ffffffffff);
	assert_true(s.no_new_privs);
	assert_int_equal(s.seccomp, 2);
}

static void refuses_a_status_without_its_capabilities(void **state)
{
	(void)state;
	char text[sizeof(STATUS)];
	memcpy(text, STATUS, sizeof(text));
	memcpy(strstr(text, "CapBnd"), "CapXyz", 6);
	struct proc_status s = {0};
	assert_int_equal(proc_status_parse(text, &s), -EBADMSG);
}

static void refuses_a_status_with_words_for_numbers(void **state)
{
	(void)state;
	static const char *const from[] = {"4119\nPid", "a80425fb", "1000\t1000\nGid", "\t2\nSeccomp_f"};
	static const char *const to[] = {"-119\nPid", "a8042xfb", "100x\t1000\nGid", "\tx\nSeccomp_f"};
	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		char text[sizeof(STATUS)];
		memcpy(text, STATUS, sizeof(text));
		memcpy(strstr(text, from[i]), to[i], strlen(to[i]));
		struct proc_status s = {0};
		assert_int_equal(proc_status_parse(text, &s), -EBADMSG);
	}
}

static void is_not_fooled_by_a_process_name(void **state)
{
	(void)state;
	struct proc_stat s;
	assert_int_equal(
		proc_stat_parse("12 (a) S 1 (b) S 7 8 9 0 -1 4194560 1 2 3 4 5 6 7 8 20 -5 1 0 777 1 1 1\n", &s), 0);
	assert_int_equal(s.ppid, 7);
	assert_int_equal(s.session, 9);
	assert_int_equal(s.nice, -5);
	assert_int_equal(s.start_time, 777);
	assert_false(s.exiting);
	assert_int_equal(proc_stat_parse("12 (a) Z 7 8 9 0 -1 4194564 1 2 3 4 5 6 7 8 20 0 1 0 777 1 1 1\n", &s), 0);
	assert_true(s.exiting);
	assert_int_equal(proc_stat_parse("12 (a S 7 8 9", &s), -EBADMSG);
	assert_int_equal(proc_stat_parse("12 (a) S 7 8", &s), -EBADMSG);
	assert_int_equal(proc_stat_parse("", &s), -EBADMSG);
}

static void finds_the_owner_of_a_cgroup(void **state)
{
	(void)state;
	static const char *const mine[] = {"/docker/" A,
					   "/system.slice/docker-" A ".scope",
					   "/libpod_parent/libpod-" A,
					   "/machine.slice/libpod-" A ".scope/container",
					   "/a/b/" A "/init.scope",
					   "/docker/" A "/docker/" B};
	for (size_t i = 0; i < ARRAY_SIZE(mine); i++) {
		char id[65];
		size_t len;
		assert_true(proc_cgroup_owner(mine[i], id, &len));
		assert_string_equal(id, A);
	}
	static const char *const nobodys[] = {
		"/",
		"/docker",
		"/docker/" A "x",
		"/docker/x" A,
		"/docker-" A ".scopes",
		"/docker/AAAAAAAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"relative/" A "x"};
	for (size_t i = 0; i < ARRAY_SIZE(nobodys); i++) {
		char id[65];
		size_t len;
		assert_false(proc_cgroup_owner(nobodys[i], id, &len));
	}
}

static int prove(const char *text, const char *own_text, const char *id)
{
	cleanup_proc_cgroups struct proc_cgroups c = {.count = 0};
	cleanup_proc_cgroups struct proc_cgroups own = {.count = 0};
	struct error err = ERROR_INIT;
	assert_int_equal(proc_cgroups_parse(text, &c), 0);
	assert_int_equal(proc_cgroups_parse(own_text, &own), 0);
	int r = proc_cgroups_prove(&c, &own, id, &err);
	assert_true(r == 0 || err.text[0]);
	return r;
}

static void proves_a_container_by_its_cgroups(void **state)
{
	(void)state;
	const char *host = "4:memory:/user.slice\n0::/\n";
	assert_int_equal(prove("4:memory:/docker/" A "\n0::/docker/" A "\n", host, A), 0);
	assert_int_equal(prove("0::/system.slice/docker-" A ".scope\n", host, A), 0);
	/* A hierarchy that no runtime manages proves nothing, and does no harm. */
	assert_int_equal(prove("4:memory:/docker/" A "\n3:misc:/\n0::/\n", host, A), 0);
	assert_int_equal(prove("4:memory:/docker/" B "\n0::/docker/" B "\n", host, A), -EXDEV);
	assert_int_equal(prove("4:memory:/user.slice\n0::/\n", host, A), -ENOENT);
}

static void is_not_fooled_by_cgroups_made_inside(void **state)
{
	(void)state;
	const char *host = "4:memory:/user.slice\n0::/\n";
	/* Made in a writable cgroupfs of container A, to look like B. */
	assert_int_equal(prove("4:memory:/docker/" A "/docker/" B "\n0::/docker/" A "\n", host, B), -EXDEV);
	assert_int_equal(prove("4:memory:/docker/" B "\n0::/docker/" A "\n", host, B), -EXDEV);
}

static void leaves_out_the_container_in_which_it_runs(void **state)
{
	(void)state;
	const char *outer = "4:memory:/docker/" B "\n0::/docker/" B "\n";
	assert_int_equal(prove("4:memory:/docker/" B "/docker/" A "\n0::/docker/" B "/docker/" A "\n", outer, A), 0);
	assert_int_equal(prove("4:memory:/docker/" B "/docker/" A "\n", outer, B), -EXDEV);
}

static void refuses_broken_cgroup_files(void **state)
{
	(void)state;
	static const char *const broken[] = {"",    "x:memory:/a\n", "4:memory\n", "4:memory:a\n",
					     "4\n", ":\n",	     "-1::/\n"};
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct proc_cgroups c = {.count = 0};
		assert_int_equal(proc_cgroups_parse(broken[i], &c), -EBADMSG);
	}
	char many[4096] = "";
	for (int i = 0; i < 40; i++)
		strcat(many, "1:x:/\n");
	struct proc_cgroups c = {.count = 0};
	assert_int_equal(proc_cgroups_parse(many, &c), -EBADMSG);
}

static void translates_mapped_ids(void **state)
{
	(void)state;
	struct proc_map m;
	uint32_t id;
	assert_int_equal(proc_map_parse("         0     200000      65536\n     70000  300000 1\n", &m), 0);
	assert_int_equal(proc_map_out(&m, 1000, &id), 0);
	assert_int_equal(id, 201000);
	assert_int_equal(proc_map_in(&m, 200005, &id), 0);
	assert_int_equal(id, 5);
	assert_int_equal(proc_map_out(&m, 70000, &id), 0);
	assert_int_equal(id, 300000);
	assert_int_equal(proc_map_out(&m, 65536, &id), -ENOENT);
	assert_int_equal(proc_map_in(&m, 0, &id), -ENOENT);
	assert_false(proc_map_is_identity(&m));
	assert_int_equal(proc_map_parse("0 0 4294967295\n", &m), 0);
	assert_true(proc_map_is_identity(&m));
	/* No ID becomes -1, which setresuid(2) takes for "leave it". */
	assert_int_equal(proc_map_parse("0 4294967290 100\n", &m), 0);
	assert_int_equal(proc_map_out(&m, 5, &id), -ENOENT);
	assert_int_equal(proc_map_parse("0 0\n", &m), -EBADMSG);
	assert_int_equal(proc_map_parse("0 0 4294967296\n", &m), -EBADMSG);
}

static void reads_limits(void **state)
{
	(void)state;
	char text[4096] = "Limit                     Soft Limit           Hard Limit           Units     \n";
	for (int i = 0; i < RLIM_NLIMITS; i++)
		strcat(text, "Max something or other    1024                 unlimited            files     \n");
	struct rlimit limits[RLIM_NLIMITS];
	assert_int_equal(proc_limits_parse(text, limits), 0);
	assert_int_equal(limits[3].rlim_cur, 1024);
	assert_true(limits[3].rlim_max == RLIM_INFINITY);
	text[500] = '\0';
	assert_int_equal(proc_limits_parse(text, limits), -EBADMSG);
}

static void finds_the_type_of_a_mount(void **state)
{
	(void)state;
	static const char text[] = "72 48 0:39 / / rw,relatime master:2 - overlay overlay rw,lowerdir=/a:/b\n"
				   "73 72 0:42 / /pr\\040-\\040fuse rw shared:1 master:2 - fuse.x /dev/fuse rw\n"
				   "74 72 0:43 / /dev rw,nosuid - tmpfs tmpfs rw\n";
	char type[32];
	assert_int_equal(proc_mount_type(text, 72, type, sizeof(type)), 0);
	assert_string_equal(type, "overlay");
	assert_int_equal(proc_mount_type(text, 73, type, sizeof(type)), 0);
	assert_string_equal(type, "fuse.x");
	assert_int_equal(proc_mount_type(text, 7, type, sizeof(type)), -ENOENT);
	assert_int_equal(proc_mount_type("72 1 0:1 / / rw", 72, type, sizeof(type)), -ENOENT);
	assert_int_equal(proc_mount_type("", 72, type, sizeof(type)), -ENOENT);
}

static void a_mount_of_a_socket_is_found_wherever_it_is(void **state)
{
	(void)state;
	static const char text[] = "100 90 0:50 / / rw - overlay overlay rw\n"
				   "101 100 0:24 /docker.sock /srv/innocent rw - tmpfs tmpfs rw\n"
				   "102 100 0:25 /x/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n";
	assert_true(proc_mounts_have(text, "docker.sock"));
	assert_true(proc_mounts_have(text, "hosts"));
	assert_false(proc_mounts_have(text, "innocent"));
	assert_false(proc_mounts_have(text, "sock"));
	assert_false(proc_mounts_have(text, "podman.sock"));
	assert_false(proc_mounts_have("", "docker.sock"));
	assert_false(proc_mounts_have("101", "docker.sock"));
	assert_false(proc_mounts_have("101 100 0:24\n", "docker.sock"));
	assert_true(proc_mounts_have("1 2 3 /docker.sock", "docker.sock"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(reads_a_status),
					   IT(refuses_a_status_without_its_capabilities),
					   IT(refuses_a_status_with_words_for_numbers),
					   IT(is_not_fooled_by_a_process_name),
					   IT(finds_the_owner_of_a_cgroup),
					   IT(proves_a_container_by_its_cgroups),
					   IT(is_not_fooled_by_cgroups_made_inside),
					   IT(leaves_out_the_container_in_which_it_runs),
					   IT(refuses_broken_cgroup_files),
					   IT(translates_mapped_ids),
					   IT(finds_the_type_of_a_mount),
					   IT(a_mount_of_a_socket_is_found_wherever_it_is),
					   IT(reads_limits)};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>

#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/oci/bundle.h"
#include "lib/proto/request.h"

static struct answer_error_info why;

static int parse(const char *text, size_t len, bool want_seccomp, struct bundle *ret)
{
	cleanup_fd int scratch = memfd_create("scratch", MFD_CLOEXEC);
	why = (struct answer_error_info){0};
	return bundle_parse(text, len, &(struct ask_bundle){.want_seccomp = want_seccomp}, scratch, ret, &why);
}

static int parse_file(const char *path, bool want_seccomp, struct bundle *ret)
{
	cleanup_free char *text = NULL;
	size_t len = 0;
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read_all(fd, BUNDLE_MAX, &text, &len), 0);
	return parse(text, len, want_seccomp, ret);
}

/* A bundle with more members in process, linux and the root object. */
static int parse_with(const char *process, const char *linux_part, const char *root, struct bundle *ret)
{
	cleanup_buf struct buf b = {0};
	buf_printf(&b,
		   "{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":1,\"gid\":2},\"cwd\":\"/"
		   "\"%s},\"linux\":{%s}%s}",
		   process, linux_part, root);
	return parse(buf_text(&b), b.len, true, ret);
}

static void assert_refused(const char *process, const char *linux_part, const char *root, const char *says)
{
	struct bundle b = {0};
	assert_int_equal(parse_with(process, linux_part, root, &b), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_BAD_FILE);
	if (!strstr(why.text, says))
		fail_msg("%s %s %s: %s", process, linux_part, root, why.text);
}

static void a_real_bundle_of_docker_is_understood(void **state)
{
	(void)state;
	cleanup_bundle struct bundle b = {0};
	assert_int_equal(parse_file(CORPUS "/bundle/docker-20.10.json", true, &b), 0);
	assert_int_equal(b.uid, 0);
	assert_int_equal(b.group_count, 1);
	assert_true(b.bounding == 0xa80425fb);
	assert_true(b.permitted == b.bounding && b.effective == b.bounding);
	assert_true(b.inheritable == 0 && b.ambient == 0);
	assert_true(b.has_capabilities);
	assert_false(b.no_new_privileges);
	assert_true(b.has_oom_score_adj);
	assert_int_equal(b.ns, NS_MNT | NS_UTS | NS_IPC | NS_NET | NS_PID);
	assert_string_equal(env_get(b.env, "HOSTNAME"), "4f4f4f4f4f4f");
	assert_true(str_starts(b.cgroups_path, "/docker/4f4f"));
	assert_true(b.has_seccomp);
	assert_in_range(b.filter_len, 300, BPF_MAXINSNS);
}

static void a_real_bundle_of_podman_is_understood(void **state)
{
	(void)state;
	cleanup_bundle struct bundle b = {0};
	assert_int_equal(parse_file(CORPUS "/bundle/podman-4.3.json", true, &b), 0);
	assert_int_equal(b.group_count, 0);
	assert_true(b.bounding == 0x800405fb);
	assert_true(b.has_umask);
	assert_int_equal(b.umask, 022);
	assert_int_equal(b.limit_count, 2);
	assert_int_equal(b.limits[0].resource, RLIMIT_NOFILE);
	assert_true(strv_has(b.annotations, "io.container.manager=libpod"));
	assert_true(b.has_seccomp);
}

static void a_kept_filter_is_not_compiled_again(void **state)
{
	(void)state;
	cleanup_bundle struct bundle b = {0};
	assert_int_equal(parse_file(CORPUS "/bundle/docker-20.10.json", false, &b), 0);
	assert_true(b.has_seccomp);
	assert_null(b.filter);
	assert_int_equal(b.filter_len, 0);
}

static void every_attribute_is_taken_over(void **state)
{
	(void)state;
	cleanup_bundle struct bundle b = {0};
	assert_int_equal(
		parse_with(",\"terminal\":true,\"noNewPrivileges\":true,\"apparmorProfile\":\"docker-default\","
			   "\"selinuxLabel\":\"a:b:c\",\"oomScoreAdj\":-500,\"env\":[\"A=1\"],"
			   "\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":0,\"hard\":18446744073709551615}]",
			   "\"personality\":{\"domain\":\"LINUX32\"},\"cgroupsPath\":\"a:b:c\","
			   "\"namespaces\":[{\"type\":\"user\"},{\"type\":\"cgroup\",\"path\":\"/"
			   "x\"},{\"type\":\"time\"}]",
			   ",\"hostname\":\"h\",\"root\":{\"path\":\"/r\"},\"annotations\":{\"k\":\"v\"}", &b),
		0);
	assert_true(b.terminal && b.no_new_privileges);
	assert_string_equal(b.apparmor, "docker-default");
	assert_string_equal(b.selinux, "a:b:c");
	assert_int_equal(b.oom_score_adj, -500);
	assert_true(b.limits[0].hard == UINT64_MAX);
	assert_true(b.has_personality);
	assert_int_equal(b.personality, PER_LINUX32);
	assert_string_equal(b.cgroups_path, "a:b:c");
	assert_int_equal(b.ns, NS_USER | NS_CGROUP | NS_TIME);
	assert_string_equal(b.hostname, "h");
	assert_string_equal(b.root_path, "/r");
	assert_string_equal(b.annotations[0], "k=v");
	assert_false(b.has_seccomp);
	assert_false(b.has_capabilities);
}

static void capabilities_that_nobody_knows_give_no_power(void **state)
{
	(void)state;
	cleanup_bundle struct bundle b = {0};
	assert_int_equal(parse_with(",\"capabilities\":{\"bounding\":[\"CAP_CHOWN\",\"CAP_FUTURE\",\"38\",\"21\","
				    "\"chown\",\"CAP_\",\"CAP_63\","
				    "\"CAP_CHECKPOINT_RESTORE\"]}",
				    "", "", &b),
			 0);
	assert_true(b.bounding == (1 | UINT64_C(1) << CAP_CHECKPOINT_RESTORE));
	assert_true(b.has_capabilities);
}

static void what_is_missing_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{"{}", "ociVersion"},
		{"[]", "not an object"},
		{"{\"ociVersion\":\"1.0\"}", "process"},
		{"{\"ociVersion\":\"2.0\",\"process\":{\"user\":{\"uid\":0,\"gid\":0}}}", "ociVersion"},
		{"{\"ociVersion\":\"1.0\",\"process\":{}}", "user"},
		{"{\"ociVersion\":\"1.0\",\"process\":{\"user\":{\"uid\":0}}}", "user"},
		{"{\"ociVersion\":\"1.0\",\"process\":{\"user\":{\"uid\":0,\"gid\":0}}", "JSON"},
		{"", "JSON"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct bundle b = {0};
		assert_int_equal(parse(wrong[i].text, strlen(wrong[i].text), true, &b), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_BAD_FILE);
		if (!strstr(why.text, wrong[i].says))
			fail_msg("%s: %s", wrong[i].text, why.text);
	}
}

static void ids_out_of_range_are_refused(void **state)
{
	(void)state;
	static const char *const ids[] = {"4294967295", "4294967296", "-1", "1.5", "\"0\"", "true", "1e1"};
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		char text[256];
		struct bundle b = {0};
		int n = snprintf(text, sizeof(text),
				 "{\"ociVersion\":\"1.0\",\"process\":{\"user\":{\"uid\":%s,\"gid\":0}}}", ids[i]);
		assert_int_equal(parse(text, (size_t)n, false, &b), -EBADMSG);
		n = snprintf(
			text, sizeof(text),
			"{\"ociVersion\":\"1.0\",\"process\":{\"user\":{\"uid\":0,\"gid\":0,\"additionalGids\":[%s]}}}",
			ids[i]);
		assert_int_equal(parse(text, (size_t)n, false, &b), -EBADMSG);
	}
}

static void attributes_that_cannot_be_reproduced_are_refused(void **state)
{
	(void)state;
	assert_refused(",\"rlimits\":[{\"type\":\"RLIMIT_X\",\"soft\":1,\"hard\":1}]", "", "", "rlimits");
	assert_refused(",\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1},{\"type\":\"RLIMIT_CPU\","
		       "\"soft\":1,\"hard\":1}]",
		       "", "", "rlimits");
	assert_refused(",\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":2,\"hard\":1}]", "", "", "rlimits");
	assert_refused(",\"rlimits\":[7]", "", "", "rlimits");
	assert_refused(",\"oomScoreAdj\":-1001", "", "", "oomScoreAdj");
	assert_refused(",\"noNewPrivileges\":\"false\"", "", "", "noNewPrivileges");
	assert_refused(",\"capabilities\":[]", "", "", "capabilities");
	assert_refused(",\"capabilities\":{\"bounding\":[7]}", "", "", "bounding");
	assert_refused(",\"env\":[\"NOVALUE\"]", "", "", "env");
	assert_refused(",\"env\":[\"=x\"]", "", "", "env");
	assert_refused(",\"umask\":8,\"cwd\":7", "", "", "name twice");
	assert_refused("", "\"personality\":{\"domain\":\"IRIX\"}", "", "personality");
	assert_refused("", "\"namespaces\":[{\"type\":\"mnt\"}]", "", "namespaces");
	assert_refused("", "\"namespaces\":[\"pid\"]", "", "namespaces");
	assert_refused("", "\"seccomp\":[]", "", "seccomp");
	assert_refused("", "", ",\"hostname\":7", "hostname");
}

static void a_profile_that_cannot_be_compiled_is_refused_as_such(void **state)
{
	(void)state;
	struct bundle b = {0};
	assert_int_equal(parse_with("", "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", "", &b), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_SECCOMP);
	assert_null(b.env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_real_bundle_of_docker_is_understood),
		IT(a_real_bundle_of_podman_is_understood),
		IT(a_kept_filter_is_not_compiled_again),
		IT(every_attribute_is_taken_over),
		IT(capabilities_that_nobody_knows_give_no_power),
		IT(what_is_missing_is_named),
		IT(ids_out_of_range_are_refused),
		IT(attributes_that_cannot_be_reproduced_are_refused),
		IT(a_profile_that_cannot_be_compiled_is_refused_as_such),
	};
	return RUN(tests);
}

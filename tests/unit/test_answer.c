/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>

#include "lib/base/text.h"
#include "lib/proto/answer.h"
#include "lib/proto/request.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char *env[] = {(char *)"PATH=/bin", (char *)"EMPTY=", NULL};

static struct container a_container(void)
{
	return (struct container){.id = ID, .name = "web", .state = STATE_RUNNING, .pid = 77, .env = env};
}

static gid_t groups[] = {0, 10, UINT32_MAX - 1};
static struct sock_filter filter[] = {{.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW}};

static struct bundle a_bundle(void)
{
	return (struct bundle){
		.uid = 5,
		.groups = groups,
		.group_count = 3,
		.env = env,
		.bounding = 0xa80425fb,
		.limits = {{RLIMIT_NOFILE, 1024, 4096}, {RLIMIT_CORE, 0, UINT64_MAX}},
		.limit_count = 2,
		.oom_score_adj = -999,
		.has_seccomp = true,
		.seccomp_flags = SECCOMP_FILTER_FLAG_LOG,
		.filter = filter,
		.filter_len = 1,
	};
}

static int container_through(const struct container *from)
{
	cleanup_buf struct buf b = {0};
	cleanup_container struct container c = {0};
	container_encode(from, &b);
	int r = container_decode(b.data, b.len, &c);
	if (r < 0)
		assert_null(c.user);
	return r;
}

static int bundle_through(const struct bundle *from)
{
	cleanup_buf struct buf b = {0};
	cleanup_bundle struct bundle to = {0};
	bundle_encode(from, &b);
	int r = bundle_decode(b.data, b.len, &to);
	if (r < 0)
		assert_null(to.env);
	return r;
}

static void containers_survive_the_way(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	cleanup_container struct container c = {0};
	struct container from = a_container();
	from.user = (char *)"root:root";
	from.exit_code = -1;
	container_encode(&from, &b);
	assert_int_equal(container_decode(b.data, b.len, &c), 0);
	assert_string_equal(c.id, ID);
	assert_string_equal(c.user, "root:root");
	assert_int_equal(c.pid, 77);
	assert_int_equal(c.exit_code, -1);
	assert_string_equal(c.env[1], "EMPTY=");
	assert_string_equal(c.runtime, "");
	assert_non_null(c.labels);
}

static void a_container_without_a_real_id_or_name_is_refused(void **state)
{
	(void)state;
	struct container c = a_container();
	c.id[63] = '\0';
	assert_int_equal(container_through(&c), -EBADMSG);
	c = a_container();
	c.id[0] = 'X';
	assert_int_equal(container_through(&c), -EBADMSG);
	static const char *const names[] = {"", "/web", "a b", "../x", "a\033[0m"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		c = a_container();
		snprintf(c.name, sizeof(c.name), "%s", names[i]);
		assert_int_equal(container_through(&c), -EBADMSG);
	}
}

static void a_running_container_has_a_process_above_1(void **state)
{
	(void)state;
	static const int64_t wrong[] = {0, 1, -1, INT64_MIN, (1 << 22) + 1, (INT64_C(1) << 32) + 77};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct container c = a_container();
		c.pid = wrong[i];
		assert_int_equal(container_through(&c), -EBADMSG);
		c.state = STATE_PAUSED;
		assert_int_equal(container_through(&c), -EBADMSG);
	}
}

static void a_container_that_does_not_run_has_no_process(void **state)
{
	(void)state;
	struct container c = a_container();
	c.state = STATE_EXITED;
	assert_int_equal(container_through(&c), -EBADMSG);
	c.pid = 0;
	assert_int_equal(container_through(&c), 0);
	c.state = STATE_MAX + 1;
	assert_int_equal(container_through(&c), -EBADMSG);
}

static void environment_entries_need_a_name(void **state)
{
	(void)state;
	char *bad[] = {(char *)"=x", NULL}, *none[] = {(char *)"x", NULL};
	struct container c = a_container();
	c.env = bad;
	assert_int_equal(container_through(&c), -EBADMSG);
	c.env = none;
	assert_int_equal(container_through(&c), -EBADMSG);
	struct bundle b = a_bundle();
	b.env = bad;
	assert_int_equal(bundle_through(&b), -EBADMSG);
}

static void bundles_survive_the_way(void **state)
{
	(void)state;
	cleanup_buf struct buf buf = {0};
	cleanup_bundle struct bundle b = {0};
	struct bundle from = a_bundle();
	bundle_encode(&from, &buf);
	assert_int_equal(bundle_decode(buf.data, buf.len, &b), 0);
	assert_int_equal(b.group_count, 3);
	assert_int_equal(b.groups[2], UINT32_MAX - 1);
	assert_int_equal(b.limit_count, 2);
	assert_true(b.limits[1].hard == UINT64_MAX);
	assert_int_equal(b.filter_len, 1);
	assert_memory_equal(b.filter, filter, sizeof(filter));
	assert_int_equal(b.oom_score_adj, -999);
}

static void ids_that_mean_leave_it_are_refused(void **state)
{
	(void)state;
	struct bundle b = a_bundle();
	b.uid = (uid_t)-1;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.gid = (gid_t)-1;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	gid_t wrong[] = {(gid_t)-1};
	b = a_bundle();
	b.groups = wrong;
	b.group_count = 1;
	assert_int_equal(bundle_through(&b), -EBADMSG);
}

static void a_bundle_out_of_range_is_refused(void **state)
{
	(void)state;
	struct bundle b = a_bundle();
	b.umask = 01000;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.bounding = UINT64_C(1) << 63;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.ambient = UINT64_C(1) << 41;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.oom_score_adj = 1001;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.personality = ADDR_NO_RANDOMIZE;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.ns = NS_ALL + 1;
	assert_int_equal(bundle_through(&b), -EBADMSG);
}

static void limits_are_known_single_and_ordered(void **state)
{
	(void)state;
	struct bundle b = a_bundle();
	b.limits[0].resource = RLIM_NLIMITS;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.limits[1].resource = RLIMIT_NOFILE;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.limits[0].soft = 5000;
	assert_int_equal(bundle_through(&b), -EBADMSG);
}

static void filters_are_bounded_and_belong_to_a_profile(void **state)
{
	(void)state;
	static struct sock_filter many[BPF_MAXINSNS + 1];
	struct bundle b = a_bundle();
	b.filter = many;
	b.filter_len = BPF_MAXINSNS;
	assert_int_equal(bundle_through(&b), 0);
	b.filter_len = BPF_MAXINSNS + 1;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.has_seccomp = false;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.seccomp_flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	assert_int_equal(bundle_through(&b), -EBADMSG);
	b = a_bundle();
	b.filter = NULL;
	b.filter_len = 0;
	assert_int_equal(bundle_through(&b), 0);
}

static void every_cut_of_an_answer_is_refused(void **state)
{
	(void)state;
	cleanup_buf struct buf buf = {0}, other = {0};
	struct bundle b = a_bundle(), to = {0};
	bundle_encode(&b, &buf);
	for (size_t len = 0; len < buf.len; len++)
		assert_int_equal(bundle_decode(buf.data, len, &to), -EBADMSG);
	struct container c = a_container(), back = {0};
	container_encode(&c, &other);
	for (size_t len = 0; len < other.len; len++)
		assert_int_equal(container_decode(other.data, len, &back), -EBADMSG);
}

static void lists_survive_the_way_and_are_bounded(void **state)
{
	(void)state;
	char *labels[] = {(char *)"tier=front", NULL};
	struct container_row rows[2] = {{.id = ID, .name = "web", .state = STATE_RUNNING},
					{.id = ID, .name = "db", .labels = labels, .image = (char *)"pg"}};
	struct container_list from = {.rows = rows, .count = 2};
	cleanup_buf struct buf b = {0};
	cleanup_container_list struct container_list l = {0};
	container_list_encode(&from, &b);
	assert_int_equal(container_list_decode(b.data, b.len, &l), 0);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.rows[1].name, "db");
	assert_string_equal(l.rows[0].image, "");
	assert_string_equal(l.rows[1].image, "pg");
	assert_string_equal(l.rows[1].labels[0], "tier=front");

	cleanup_buf struct buf wrong = {0};
	strcpy(rows[1].name, "d/b");
	container_list_encode(&from, &wrong);
	struct container_list none = {0};
	assert_int_equal(container_list_decode(wrong.data, wrong.len, &none), -EBADMSG);
	assert_null(none.rows);
	uint32_t count = ANSWER_LIST_MAX + 1;
	assert_int_equal(container_list_decode(&count, sizeof(count), &none), -EBADMSG);
}

static void users_survive_the_way_and_are_bounded(void **state)
{
	(void)state;
	struct user from = {.uid = 1, .gid = 2, .groups = groups, .group_count = 3, .home = (char *)"/"};
	cleanup_buf struct buf b = {0};
	cleanup_user struct user u = {0};
	user_encode(&from, &b);
	assert_int_equal(user_decode(b.data, b.len, &u), 0);
	assert_int_equal(u.group_count, 3);
	assert_string_equal(u.home, "/");
	assert_string_equal(u.name, "");

	cleanup_buf struct buf wrong = {0};
	from.uid = (uid_t)-1;
	user_encode(&from, &wrong);
	struct user none = {0};
	assert_int_equal(user_decode(wrong.data, wrong.len, &none), -EBADMSG);
}

static void more_groups_than_the_kernel_takes_are_refused(void **state)
{
	(void)state;
	cleanup_free gid_t *many = calloc(ANSWER_GROUPS_MAX + 1, sizeof(*many));
	struct user from = {.groups = many, .group_count = ANSWER_GROUPS_MAX};
	for (int i = 0; i < 2; i++, from.group_count++) {
		cleanup_buf struct buf b = {0};
		cleanup_user struct user u = {0};
		user_encode(&from, &b);
		assert_int_equal(user_decode(b.data, b.len, &u), i == 0 ? 0 : -EBADMSG);
	}
}

static void errors_show_as_they_are(void **state)
{
	(void)state;
	struct answer_error_info from = {0}, e;
	cleanup_buf struct buf b = {0};
	assert_int_equal(answer_fail(&from, ANSWER_NO_USER, "no \033[31m%s", "bob"), -EBADMSG);
	from.http_status = 404;
	answer_error_encode(&from, &b);
	assert_int_equal(answer_error_decode(b.data, b.len, &e), 0);
	assert_int_equal(e.kind, ANSWER_NO_USER);
	assert_int_equal(e.http_status, 404);
	assert_string_equal(e.text, "no \\x1b[31mbob");
}

static void an_error_with_a_control_byte_is_refused(void **state)
{
	(void)state;
	struct answer_error_info e;
	static const char raw[] = "\0\0\0\0\0\0\0\0\3\0\0\0a\nb";
	assert_int_equal(answer_error_decode(raw, sizeof(raw) - 1, &e), -EBADMSG);
	static const char fine[] = "\0\0\0\0\0\0\0\0\3\0\0\0a\\b";
	assert_int_equal(answer_error_decode(fine, sizeof(fine) - 1, &e), 0);
	static const char kind[] = "\x63\0\0\0\0\0\0\0\0\0\0\0";
	assert_int_equal(answer_error_decode(kind, sizeof(kind) - 1, &e), -EBADMSG);
}

static void asks_survive_the_way(void **state)
{
	(void)state;
	cleanup_buf struct buf h = {0}, u = {0}, s = {0}, p = {0};
	struct ask_http http = {.word = "web", .host = "::1", .port = 2376, .tls = true, .timeout_ms = 100};
	cleanup_ask_http struct ask_http http_back = {0};
	ask_http_encode(&http, &h);
	assert_int_equal(ask_http_decode(h.data, h.len, &http_back), 0);
	assert_string_equal(http_back.host, "::1");
	assert_string_equal(http_back.ca_pem, "");

	struct ask_user user = {.user = (char *)"bob", .group_add = env, .own_groups = groups, .own_group_count = 3};
	cleanup_ask_user struct ask_user user_back = {0};
	ask_user_encode(&user, &u);
	assert_int_equal(ask_user_decode(u.data, u.len, &user_back), 0);
	assert_int_equal(user_back.own_group_count, 3);

	struct ask_bundle bundle = {.want_seccomp = true, .extra = SECCOMP_PERF}, bundle_back = {0};
	ask_bundle_encode(&bundle, &s);
	assert_int_equal(ask_bundle_decode(s.data, s.len, &bundle_back), 0);
	assert_true(bundle_back.want_seccomp && bundle_back.extra == SECCOMP_PERF);

	uint64_t mask = 0;
	uint32_t extra = 0;
	ask_profile_encode(0xa80425fb, SECCOMP_TRACE, &p);
	assert_int_equal(ask_profile_decode(p.data, p.len, &mask, &extra), 0);
	assert_true(mask == 0xa80425fb && extra == SECCOMP_TRACE);

	cleanup_buf struct buf unknown = {0};
	bundle.extra = SECCOMP_EXTRA_ALL + 1;
	ask_bundle_encode(&bundle, &unknown);
	assert_int_equal(ask_bundle_decode(unknown.data, unknown.len, &bundle_back), -EBADMSG);
	assert_int_equal(ask_bundle_decode(s.data, s.len - 4, &bundle_back), -EBADMSG);
}

static int layers_through(char *const *layers)
{
	cleanup_buf struct buf b = {0};
	cleanup_strv char **back = NULL;
	layers_encode(layers, &b);
	int r = layers_decode(b.data, b.len, &back);
	assert_int_equal(strv_len(back), r == 0 ? strv_len(layers) : 0);
	return r;
}

static void layers_are_some_absolute_paths(void **state)
{
	(void)state;
	char longest[ANSWER_WORD_MAX + 2];
	memset(longest, '/', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	char *two[] = {(char *)"/a", (char *)"/b", NULL}, *none[] = {NULL};
	char *relative[] = {(char *)"/a", (char *)"b", NULL}, *empty[] = {(char *)"", NULL},
	     *too_long[] = {longest, NULL};
	char *many[ANSWER_LAYERS_MAX + 2] = {0};
	assert_int_equal(layers_through(two), 0);
	assert_int_equal(layers_through(none), -EBADMSG);
	assert_int_equal(layers_through(relative), -EBADMSG);
	assert_int_equal(layers_through(empty), -EBADMSG);
	assert_int_equal(layers_through(too_long), -EBADMSG);
	for (size_t i = 0; i < ANSWER_LAYERS_MAX; i++)
		many[i] = two[0];
	assert_int_equal(layers_through(many), 0);
	many[ANSWER_LAYERS_MAX] = two[0];
	assert_int_equal(layers_through(many), -EBADMSG);
}

static void each_ask_has_one_path(void **state)
{
	(void)state;
	char path[ASK_PATH_MAX], word[256];
	ask_path(ASK_INSPECT, "web", path);
	assert_string_equal(path, "/containers/web/json");
	ask_path(ASK_LIST, "", path);
	assert_string_equal(path, "/containers/json?all=true");
	ask_path(ASK_IMAGE, "r:5/a@sha256:0", path);
	assert_string_equal(path, "/images/r:5/a@sha256:0/json");
	memset(word, 'a', 255);
	word[255] = '\0';
	ask_path(ASK_IMAGE, word, path);
	assert_true(strlen(path) == 255 + strlen("/images//json"));
}

static void asks_out_of_range_are_refused(void **state)
{
	(void)state;
	static const struct ask_http wrong[] = {
		{.word = "a/../b", .host = "x", .timeout_ms = 1},
		{.word = "a b", .host = "x", .timeout_ms = 1},
		{.word = "a?b", .host = "x", .timeout_ms = 1},
		{.word = "web", .host = "", .timeout_ms = 1},
		{.word = "web", .host = "x/y", .timeout_ms = 1},
		{.word = "web", .host = "x\r\ny", .timeout_ms = 1},
		{.word = "web", .host = "x@y", .timeout_ms = 1},
		{.word = "web", .host = "x", .timeout_ms = 0},
		{.word = "web", .host = "x", .timeout_ms = 5001},
		{.word = "web", .host = "x", .timeout_ms = 1, .port = 65536},
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		cleanup_buf struct buf b = {0};
		struct ask_http back = {0};
		ask_http_encode(&wrong[i], &b);
		assert_int_equal(ask_http_decode(b.data, b.len, &back), -EBADMSG);
	}
}

static void states_have_names(void **state)
{
	(void)state;
	assert_string_equal(container_state_name(STATE_DEAD), "dead");
	assert_string_equal(container_state_name(99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(containers_survive_the_way),
		IT(a_container_without_a_real_id_or_name_is_refused),
		IT(a_running_container_has_a_process_above_1),
		IT(a_container_that_does_not_run_has_no_process),
		IT(environment_entries_need_a_name),
		IT(bundles_survive_the_way),
		IT(ids_that_mean_leave_it_are_refused),
		IT(a_bundle_out_of_range_is_refused),
		IT(limits_are_known_single_and_ordered),
		IT(filters_are_bounded_and_belong_to_a_profile),
		IT(every_cut_of_an_answer_is_refused),
		IT(lists_survive_the_way_and_are_bounded),
		IT(users_survive_the_way_and_are_bounded),
		IT(more_groups_than_the_kernel_takes_are_refused),
		IT(errors_show_as_they_are),
		IT(an_error_with_a_control_byte_is_refused),
		IT(asks_survive_the_way),
		IT(layers_are_some_absolute_paths),
		IT(each_ask_has_one_path),
		IT(asks_out_of_range_are_refused),
		IT(states_have_names),
	};
	return RUN(tests);
}

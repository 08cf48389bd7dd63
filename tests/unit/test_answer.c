/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>

#include "lib/base/cleanup.h"
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

static struct container_mount a_mount(const char *destination)
{
	return (struct container_mount){.type = (char *)"volume",
					.name = (char *)"data",
					.source = (char *)"/var/lib/x",
					.destination = (char *)(uintptr_t)destination,
					.writable = true};
}

static void what_is_told_of_containers_survives_the_way(void **state)
{
	(void)state;
	char *ports[] = {(char *)"0.0.0.0:80->80/tcp", (char *)"443/tcp", NULL},
	     *networks[] = {(char *)"a 10.0.0.1", NULL};
	struct container_mount mounts[] = {a_mount("/data"), a_mount("/")};
	struct container from = a_container();
	from.ports = ports;
	from.networks = networks;
	from.created_at = (char *)"2026-11-22T13:44:03Z";
	from.health = (char *)"healthy";
	from.restart_policy = (char *)"always";
	from.mounts = mounts;
	from.mount_count = 2;
	cleanup_buf struct buf b = {0};
	cleanup_container struct container c = {0};
	container_encode(&from, &b);
	assert_int_equal(container_decode(b.data, b.len, &c), 0);
	assert_string_equal(c.ports[1], "443/tcp");
	assert_string_equal(c.networks[0], "a 10.0.0.1");
	assert_string_equal(c.created_at, from.created_at);
	assert_string_equal(c.health, "healthy");
	assert_string_equal(c.restart_policy, "always");
	assert_int_equal(c.mount_count, 2);
	assert_string_equal(c.mounts[0].name, "data");
	assert_string_equal(c.mounts[1].destination, "/");
	assert_true(c.mounts[0].writable);
}

static void mounts_have_a_plain_destination_and_are_few(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",	      "a",   "a/b", "/.", "/..",  "/a/..",
					    "/a/./b", "/a/", "//a", "//", "/a//b"};
	static const char *const right[] = {"/", "/a", "/a/b", "/...", "/.a", "/a..", "/a/..b/c"};
	struct container c = a_container();
	struct container_mount m;
	c.mounts = &m;
	c.mount_count = 1;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		m = a_mount(wrong[i]);
		assert_int_equal(container_through(&c), -EBADMSG);
	}
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		m = a_mount(right[i]);
		assert_int_equal(container_through(&c), 0);
	}
	static struct container_mount many[CONTAINER_MOUNTS_MAX + 1];
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = a_mount("/m");
	c.mounts = many;
	c.mount_count = CONTAINER_MOUNTS_MAX;
	assert_int_equal(container_through(&c), 0);
	c.mount_count++;
	assert_int_equal(container_through(&c), -EBADMSG);
}

static int logs_ask_through(struct ask_logs from)
{
	cleanup_buf struct buf b = {0};
	cleanup_ask_logs struct ask_logs to = {0};
	ask_logs_encode(&from, &b);
	int r = ask_logs_decode(b.data, b.len, &to);
	if (r == 0)
		assert_memory_equal(&to.query.tail, &from.query.tail, sizeof(from.query.tail));
	for (size_t len = 0; len < b.len; len++) {
		struct ask_logs none = {0};
		assert_int_equal(ask_logs_decode(b.data, len, &none), -EBADMSG);
	}
	return r;
}

static struct ask_logs an_ask_for_logs(void)
{
	return (struct ask_logs){
		.http = {.word = ID, .host = "x", .timeout_ms = 1},
		.query = {.follow = true, .timestamps = true, .tail = 10, .since_ns = 5, .until_ns = 9},
		.tty = true,
		.strip = true,
		.skip = 3,
	};
}

static void asks_for_logs_are_about_one_container(void **state)
{
	(void)state;
	struct ask_logs a = an_ask_for_logs();
	cleanup_buf struct buf b = {0};
	cleanup_ask_logs struct ask_logs to = {0};
	ask_logs_encode(&a, &b);
	assert_int_equal(ask_logs_decode(b.data, b.len, &to), 0);
	assert_string_equal(to.http.word, ID);
	assert_true(to.query.follow && to.query.timestamps && to.tty && to.strip);
	assert_int_equal(to.query.since_ns + to.query.until_ns + to.skip, 17);

	a = an_ask_for_logs();
	a.query.tail = -1;
	assert_int_equal(logs_ask_through(a), 0);
	a.query.tail = -2;
	assert_int_equal(logs_ask_through(a), -EBADMSG);
	a = an_ask_for_logs();
	a.query.since_ns = -1;
	assert_int_equal(logs_ask_through(a), -EBADMSG);
	a = an_ask_for_logs();
	a.query.until_ns = -1;
	assert_int_equal(logs_ask_through(a), -EBADMSG);
	a = an_ask_for_logs();
	a.query.timestamps = false; /* which strip and skip need */
	assert_int_equal(logs_ask_through(a), -EBADMSG);
	a.strip = false;
	assert_int_equal(logs_ask_through(a), -EBADMSG);
	a.skip = 0;
	assert_int_equal(logs_ask_through(a), 0);
	a = an_ask_for_logs();
	strcpy(a.http.word, "web");
	assert_int_equal(logs_ask_through(a), -EBADMSG);
	a.http.word[0] = '\0';
	assert_int_equal(logs_ask_through(a), -EBADMSG);
	a = an_ask_for_logs();
	a.http.timeout_ms = ENGINE_TIMEOUT_MS + 1;
	assert_int_equal(logs_ask_through(a), -EBADMSG);
}

static void the_end_of_logs_survives_the_way(void **state)
{
	(void)state;
	struct logs_end end = {.last_ns = INT64_MAX, .last_count = 7, .cut = true}, back = {0};
	cleanup_buf struct buf b = {0}, wrong = {0};
	logs_end_encode(&end, &b);
	assert_int_equal(logs_end_decode(b.data, b.len, &back), 0);
	assert_true(back.last_ns == INT64_MAX && back.last_count == 7 && back.cut);
	assert_int_equal(logs_end_decode(b.data, b.len - 1, &back), -EBADMSG);
	end.last_ns = -1;
	logs_end_encode(&end, &wrong);
	assert_int_equal(logs_end_decode(wrong.data, wrong.len, &back), -EBADMSG);
}

static int events_ask_through(const char *word, int64_t since_ns, int64_t timeout_ms)
{
	struct ask_events a = {.http = {.host = "x", .timeout_ms = timeout_ms}, .since_ns = since_ns};
	cleanup_ask_events struct ask_events to = {0};
	cleanup_buf struct buf b = {0};
	snprintf(a.http.word, sizeof(a.http.word), "%s", word);
	ask_events_encode(&a, &b);
	int r = ask_events_decode(b.data, b.len, &to);
	assert_true(r < 0 || to.since_ns == since_ns);
	return r;
}

static void asks_for_events_may_wait_for_long(void **state)
{
	(void)state;
	assert_int_equal(events_ask_through("", 0, 1), 0);
	assert_int_equal(events_ask_through(ID, INT64_MAX, ENGINE_EVENTS_MS), 0);
	assert_int_equal(events_ask_through("", 0, ENGINE_EVENTS_MS + 1), -EBADMSG);
	assert_int_equal(events_ask_through("", 0, 0), -EBADMSG);
	assert_int_equal(events_ask_through("", -1, 1), -EBADMSG);
	assert_int_equal(events_ask_through("web", 0, 1), -EBADMSG);
}

static void names_are_as_many_as_were_asked_for(void **state)
{
	(void)state;
	static uint32_t uids[ASK_NAMES_MAX + 1] = {0, 1000, UINT32_MAX - 1};
	char *names[] = {(char *)"root", (char *)"", (char *)"x", NULL};
	cleanup_buf struct buf a = {0}, n = {0}, many = {0}, wrong = {0};
	cleanup_free uint32_t *back = NULL;
	cleanup_strv char **told = NULL;
	uint32_t count = 0;
	ask_names_encode(uids, 3, &a);
	assert_int_equal(ask_names_decode(a.data, a.len, &back, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(back[1], 1000);
	names_encode(names, &n);
	assert_int_equal(names_decode(n.data, n.len, 3, &told), 0);
	assert_string_equal(told[2], "x");
	char **none = NULL;
	assert_int_equal(names_decode(n.data, n.len, 2, &none), -EBADMSG);
	assert_int_equal(names_decode(n.data, n.len, 4, &none), -EBADMSG);
	assert_null(none);

	uint32_t *nothing = NULL;
	ask_names_encode(uids, ASK_NAMES_MAX + 1, &many);
	assert_int_equal(ask_names_decode(many.data, many.len, &nothing, &count), -EBADMSG);
	uids[0] = UINT32_MAX;
	ask_names_encode(uids, 1, &wrong);
	assert_int_equal(ask_names_decode(wrong.data, wrong.len, &nothing, &count), -EBADMSG);
	assert_null(nothing);
}

static void streams_have_paths_with_times(void **state)
{
	(void)state;
	char path[ASK_PATH_MAX];
	const struct logs_query plain = {.tail = -1},
				all = {.follow = true,
				       .timestamps = true,
				       .tail = 20,
				       .since_ns = 1000000001,
				       .until_ns = 5},
				most = {.tail = INT32_MAX, .since_ns = INT64_MAX, .until_ns = INT64_MAX};
	logs_path(&plain, ID, path);
	assert_string_equal(path,
			    "/containers/" ID "/logs?stdout=true&stderr=true&follow=false&timestamps=false&tail=all");
	logs_path(&all, ID, path);
	assert_string_equal(path, "/containers/" ID "/logs?stdout=true&stderr=true&follow=true&timestamps=true&tail=20"
				  "&since=1.000000001&until=0.000000005");
	logs_path(&most, ID, path);
	assert_true(str_starts(strstr(path, "&until="), "&until=9223372036.854775807"));
	events_path("", 0, path);
	assert_string_equal(path, "/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D");
	events_path(ID, INT64_MAX, path);
	assert_string_equal(path, "/events?filters=%7B%22type%22%3A%5B%22container%22%5D%2C%22container%22%3A%5B%22" ID
				  "%22%5D%7D&since=9223372036.854775807");
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
		IT(what_is_told_of_containers_survives_the_way),
		IT(mounts_have_a_plain_destination_and_are_few),
		IT(asks_for_logs_are_about_one_container),
		IT(the_end_of_logs_survives_the_way),
		IT(asks_for_events_may_wait_for_long),
		IT(names_are_as_many_as_were_asked_for),
		IT(streams_have_paths_with_times),
		IT(states_have_names),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/engine/inspect.h"
#include "lib/engine/list.h"

#define ID "4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f"

static char *load(const char *path, size_t *ret_len)
{
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(read_all(fd, ENGINE_BODY_MAX, &text, ret_len), 0);
	close(fd);
	return text;
}

static int parse(const char *body, const char *word, struct container *ret, struct answer_error_info *why)
{
	return inspect_parse(body, strlen(body), word, ret, why);
}

/* A running container with `state` for State and `more` as further members. */
static void assert_outcome(const char *state, const char *more, int outcome, struct container *ret)
{
	cleanup_buf struct buf b = {0};
	cleanup_container struct container c = {0};
	struct answer_error_info why = {0};
	buf_printf(&b, "{\"Id\":\"" ID "\",\"Name\":\"/web\",\"State\":%s%s}", state, more);
	int r = parse(buf_text(&b), "web", &c, &why);
	if (r != outcome)
		fail_msg("%s%s: %s", state, more, why.text);
	if (outcome < 0)
		assert_int_equal(why.kind, ANSWER_BAD);
	if (ret) {
		*ret = c;
		c = (struct container){0};
	}
}

#define RUNNING "{\"Status\":\"running\",\"Running\":true,\"Pid\":77}"

static void a_real_answer_of_docker_is_understood(void **state)
{
	(void)state;
	size_t len;
	cleanup_free char *body = load(CORPUS "/inspect/docker-20.10.json", &len);
	cleanup_container struct container c = {0};
	struct answer_error_info why = {0};
	assert_int_equal(inspect_parse(body, len, "web", &c, &why), 0);
	assert_string_equal(c.id, ID);
	assert_string_equal(c.name, "web");
	assert_int_equal(c.state, STATE_RUNNING);
	assert_int_equal(c.pid, 4119);
	assert_string_equal(c.image, "bb");
	assert_string_equal(c.network_mode, "none");
	assert_string_equal(c.ipc_mode, "private");
	assert_string_equal(c.runtime, "runc");
	assert_string_equal(c.started_at, "2026-11-22T03:58:20.144896749Z");
	assert_false(c.privileged);
	assert_int_equal(strv_len(c.env), 0);
}

static void a_real_answer_of_podman_is_understood(void **state)
{
	(void)state;
	size_t len;
	cleanup_free char *body = load(CORPUS "/inspect/podman-4.3.json", &len);
	cleanup_container struct container c = {0};
	struct answer_error_info why = {0};
	assert_int_equal(inspect_parse(body, len, "pweb", &c, &why), 0);
	assert_string_equal(c.name, "pweb");
	assert_int_equal(c.state, STATE_RUNNING);
	assert_true(env_get(c.env, "PATH"));
}

static void fields_that_are_missing_or_null_are_empty(void **state)
{
	(void)state;
	struct container c;
	assert_outcome(RUNNING, ",\"Config\":null,\"Mounts\":null,\"HostConfig\":{\"GroupAdd\":null}", 0, &c);
	assert_string_equal(c.user, "");
	assert_string_equal(c.workdir, "");
	assert_int_equal(strv_len(c.group_add), 0);
	assert_int_equal(strv_len(c.binds), 0);
	assert_int_equal(strv_len(c.device_rules), 0);
	container_done(&c);
}

static void what_matters_for_an_entry_is_taken_over(void **state)
{
	(void)state;
	struct container c;
	assert_outcome(
		RUNNING,
		",\"AppArmorProfile\":\"docker-default\",\"ProcessLabel\":\"a:b\",\"Config\":{\"User\":\"bob:staff\","
		"\"WorkingDir\":\"/"
		"srv\",\"Env\":[\"A=1\",\"UNSET\",\"=x\",\"B=\"],\"Labels\":{\"k\":\"v\"},\"Tty\":true},"
		"\"HostConfig\":{\"Privileged\":true,\"PidMode\":\"host\",\"GroupAdd\":[\"7\"],\"ReadonlyRootfs\":true,"
		"\"CgroupParent\":\"/p\",\"UsernsMode\":\"host\",\"Devices\":[{\"PathOnHost\":\"/dev/sda\"}],"
		"\"DeviceCgroupRules\":[\"c 10:200 rwm\",\"b *:* rwm\"]},"
		"\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/etc\"},{\"Type\":\"volume\",\"Source\":\"/v\"}]",
		0, &c);
	assert_string_equal(c.user, "bob:staff");
	assert_string_equal(c.workdir, "/srv");
	assert_int_equal(strv_len(c.env), 2);
	assert_string_equal(c.env[1], "B=");
	assert_string_equal(c.labels[0], "k=v");
	assert_string_equal(c.group_add[0], "7");
	assert_int_equal(strv_len(c.binds), 2);
	assert_string_equal(c.binds[0], "/etc");
	assert_string_equal(c.binds[1], "/dev/sda");
	assert_int_equal(strv_len(c.device_rules), 2);
	assert_string_equal(c.device_rules[1], "b *:* rwm");
	assert_string_equal(c.apparmor, "docker-default");
	assert_string_equal(c.pid_mode, "host");
	assert_true(c.privileged && c.tty && c.read_only);
	container_done(&c);
}

static void a_process_that_no_container_has_is_refused(void **state)
{
	(void)state;
	static const char *const pids[] = {
		"0",	"1",	      "-1",	 "-2147483648",		"true", "\"77\"", "77.5", "7.7e1", "[]",
		"null", "4294967297", "4194305", "18446744073709551616"};
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		cleanup_buf struct buf b = {0};
		buf_printf(&b, "{\"Status\":\"running\",\"Running\":true,\"Pid\":%s}", pids[i]);
		assert_outcome(buf_text(&b), "", -EBADMSG, NULL);
	}
	assert_outcome("{\"Status\":\"running\",\"Running\":true,\"pid\":77}", "", -EBADMSG, NULL);
	assert_outcome("{\"Status\":\"running\",\"Running\":true,\"Pid\":1,\"Pid\":77}", "", -EBADMSG, NULL);
}

static void a_state_that_contradicts_itself_is_refused(void **state)
{
	(void)state;
	assert_outcome("{\"Status\":\"running\",\"Running\":false,\"Pid\":77}", "", -EBADMSG, NULL);
	assert_outcome("{\"Status\":\"running\",\"Running\":true,\"Paused\":true,\"Pid\":77}", "", -EBADMSG, NULL);
	assert_outcome("{\"Status\":\"running\",\"Running\":true,\"Restarting\":true,\"Pid\":77}", "", -EBADMSG, NULL);
	assert_outcome("{\"Status\":\"paused\",\"Running\":true,\"Pid\":77}", "", -EBADMSG, NULL);
}

static void states_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum container_state state;
		int pid;
	} states[] = {
		{"{\"Status\":\"paused\",\"Running\":true,\"Paused\":true,\"Pid\":77}", STATE_PAUSED, 77},
		{"{\"Status\":\"paused\",\"Running\":false,\"Paused\":true,\"Pid\":77}", STATE_PAUSED, 77},
		{"{\"Status\":\"exited\",\"Pid\":0,\"ExitCode\":137}", STATE_EXITED, 0},
		{"{\"Status\":\"restarting\",\"Running\":true,\"Restarting\":true,\"Pid\":0}", STATE_RESTARTING, 0},
		{"{\"Status\":\"created\"}", STATE_CREATED, 0},
		{"{\"Status\":\"dead\",\"Dead\":true,\"Pid\":77}", STATE_DEAD, 0},
		{"{\"Status\":\"Running\",\"Running\":true,\"Pid\":77}", STATE_UNKNOWN, 0},
		{"{}", STATE_UNKNOWN, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		struct container c;
		assert_outcome(states[i].text, "", 0, &c);
		assert_int_equal(c.state, states[i].state);
		assert_int_equal(c.pid, states[i].pid);
		container_done(&c);
	}
}

static void an_answer_about_another_container_is_refused(void **state)
{
	(void)state;
	static const char body[] = "{\"Id\":\"" ID "\",\"Name\":\"/web\",\"State\":" RUNNING "}";
	static const char *const right[] = {"web", "4", "4f4f", ID}, *const wrong[] = {"we", "webx", "Web", "f4",
										       "4F4f"};
	struct answer_error_info why = {0};
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		cleanup_container struct container c = {0};
		assert_int_equal(parse(body, right[i], &c, &why), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct container c = {0};
		assert_int_equal(parse(body, wrong[i], &c, &why), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_BAD);
		assert_null(c.user);
	}
}

static void an_answer_without_a_real_id_or_name_is_refused(void **state)
{
	(void)state;
	static const char *const bodies[] = {
		"{}",
		"[]",
		"null",
		"7",
		"{\"Id\":\"4f4f\",\"Name\":\"/web\",\"State\":" RUNNING "}",
		"{\"id\":\"" ID "\",\"Name\":\"/web\",\"State\":" RUNNING "}",
		"{\"Id\":\"" ID "\",\"Name\":\"/a/web\",\"State\":" RUNNING "}",
		"{\"Id\":\"" ID "\",\"Name\":\"//web\",\"State\":" RUNNING "}",
		"{\"Id\":\"" ID "\",\"Name\":\"/web\\n\",\"State\":" RUNNING "}",
		"{\"Id\":7,\"Name\":\"/web\",\"State\":" RUNNING "}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct container c = {0};
		struct answer_error_info why = {0};
		assert_int_equal(parse(bodies[i], "web", &c, &why), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_BAD);
	}
}

static void words_that_are_too_long_are_refused(void **state)
{
	(void)state;
	char user[ANSWER_WORD_MAX + 2];
	memset(user, 'u', sizeof(user) - 1);
	user[sizeof(user) - 1] = '\0';
	cleanup_buf struct buf b = {0};
	buf_printf(&b, ",\"Config\":{\"User\":\"%s\"}", user);
	assert_outcome(RUNNING, buf_text(&b), -EBADMSG, NULL);
}

static void every_cut_of_an_answer_is_refused(void **state)
{
	(void)state;
	size_t len;
	cleanup_free char *body = load(CORPUS "/inspect/docker-20.10.json", &len);
	while (len > 0 && body[len - 1] == '\n')
		len--;
	for (size_t cut = 0; cut < len; cut++) {
		struct container c = {0};
		struct answer_error_info why = {0};
		assert_int_equal(inspect_parse(body, cut, "web", &c, &why), -EBADMSG);
	}
}

static void lists_keep_containers_with_a_name_of_their_own(void **state)
{
	(void)state;
	static const char body[] = "[{\"Id\":\"" ID "\",\"Names\":[\"/web/db\",\"/db\"],\"State\":\"running\","
				   "\"Image\":\"pg\",\"Labels\":{\"tier\":\"back\"}},"
				   "{\"Id\":\"" ID "\",\"Names\":null,\"State\":\"removing\"},"
				   "{\"Id\":\"short\",\"Names\":[\"/x\"],\"State\":\"running\"},"
				   "{\"Id\":\"" ID "\",\"Names\":[\"pod\"],\"State\":\"exited\"}]";
	cleanup_container_list struct container_list l = {0};
	struct answer_error_info why = {0};
	assert_int_equal(list_parse(body, strlen(body), &l, &why), 0);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.rows[0].name, "db");
	assert_int_equal(l.rows[0].state, STATE_RUNNING);
	assert_string_equal(l.rows[0].image, "pg");
	assert_string_equal(l.rows[0].labels[0], "tier=back");
	assert_string_equal(l.rows[1].name, "pod");
	assert_string_equal(l.rows[1].image, "");
}

static void lists_that_are_none_are_refused(void **state)
{
	(void)state;
	static const char *const bodies[] = {"",     "{}",    "7",	"null", "[7]",	"[",	       "[{}",
					     "[{},", "[{},]", "[{}{}]", "[]]",	"[] 7", "[{\"a\":\"}]"};
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct container_list l = {0};
		struct answer_error_info why = {0};
		assert_int_equal(list_parse(bodies[i], strlen(bodies[i]), &l, &why), -EBADMSG);
		assert_null(l.rows);
	}
}

#define GOOD "{\"Id\":\"" ID "\",\"Names\":[\"/good\"],\"State\":\"running\",\"Labels\":{\"a\":\"b]}\\\"\"}}"

static void one_container_does_not_hide_the_others(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"{\"Id\":\"" ID "\",\"Names\":[\"/x\"],\"Labels\":{\"a\":\"\\u0000\"}}",
		"{\"Id\":\"" ID "\",\"Names\":[\"/x\"],\"Command\":\"x\\u0000\"}",
		"{\"Id\":\"" ID "\",\"Names\":[7]}",
		"{\"Id\":7}",
		"{\"a\":1,\"a\":2}",
		"{\"a\":[}",
		"{\"a\":007}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		cleanup_buf struct buf b = {0};
		cleanup_container_list struct container_list l = {0};
		struct answer_error_info why = {0};
		buf_printf(&b, " [ " GOOD " , %s,%s\n," GOOD "]\n", bad[i], bad[i]);
		/* "[}" does not close what it opens: the rest is inside of it. */
		bool open = strstr(bad[i], "[}") != NULL;
		assert_int_equal(list_parse(buf_text(&b), b.len, &l, &why), open ? -EBADMSG : 0);
		assert_int_equal(l.count, open ? 0 : 2);
		assert_int_equal(l.left_out, open ? 0 : 2);
	}
}

/* However much there is of it, and in which pieces it comes. */
static void the_largest_containers_give_way(void **state)
{
	(void)state;
	enum { LABEL = 3 << 20 };
	cleanup_buf struct buf b = {0}, answer = {0};
	cleanup_free char *label = malloc(LABEL + 1);
	cleanup_list struct list l = {.state = LIST_BEFORE};
	cleanup_container_list struct container_list all = {0}, back = {0};
	struct answer_error_info why = {0};
	memset(label, 'x', LABEL);
	label[LABEL] = '\0';
	buf_puts(&b, "[" GOOD);
	for (int i = 0; i < 5; i++)
		buf_printf(&b, ",{\"Id\":\"" ID "\",\"Names\":[\"/x%d\"],\"Labels\":{\"a\":\"%s\",\"b\":\"%s\"}}", i,
			   i < 4 ? label : "", i < 1 ? label : "");
	buf_puts(&b, "," GOOD "]");
	for (size_t at = 0, n; at < b.len; at += n) {
		n = b.len - at < 16384 ? b.len - at : 16384;
		assert_int_equal(list_feed(&l, b.data + at, n, &why), 0);
	}
	assert_int_equal(list_take(&l, &all, &why), 0);
	/* The first is larger than an answer of its own may be; the others are so together. */
	assert_int_equal(all.count, 5);
	assert_int_equal(all.left_out, 2);
	assert_string_equal(all.rows[0].name, "good");
	assert_string_equal(all.rows[4].name, "good");
	container_list_encode(&all, &answer);
	assert_true(answer.len <= ANSWER_BYTES_MAX);
	assert_int_equal(container_list_decode(answer.data, answer.len, &back), 0);
	assert_int_equal(back.left_out, 2);
}

static void assert_strv(char *const *v, const char *joined)
{
	cleanup_buf struct buf b = {0};
	for (size_t i = 0; v[i]; i++)
		buf_printf(&b, "%s%s", i ? "|" : "", v[i]);
	assert_string_equal(b.len ? buf_text(&b) : "", joined);
}

static void ports_networks_and_mounts_of_real_engines_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *file, *name, *networks, *created, *volume;
	} engines[] = {
		{CORPUS "/inspect/docker-20.10-published.json", "web", "bridge 172.17.0.2 fd00::2|back 10.1.0.7",
		 "2026-11-22T13:44:03.550933077Z", "/var/lib/docker/volumes/vol/_data"},
		{CORPUS "/inspect/podman-4.3-published.json", "pweb", "podman 172.17.0.2 fd00::2|back 10.1.0.7",
		 "2026-11-22T13:44:27.866246684Z", "/var/lib/containers/volumes/vol/_data"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		size_t len;
		cleanup_free char *body = load(engines[i].file, &len);
		cleanup_container struct container c = {0};
		struct answer_error_info why = {0};
		if (inspect_parse(body, len, engines[i].name, &c, &why) < 0)
			fail_msg("%s: %s", engines[i].file, why.text);
		assert_strv(c.ports, "0.0.0.0:8080->80/tcp|[::]:8080->80/tcp|443/tcp|5353->53/udp");
		assert_strv(c.networks, engines[i].networks);
		assert_string_equal(c.created_at, engines[i].created);
		assert_string_equal(c.health, "healthy");
		assert_string_equal(c.restart_policy, "on-failure:3");
		assert_int_equal(c.mount_count, 2);
		assert_string_equal(c.mounts[0].type, "volume");
		assert_string_equal(c.mounts[0].name, "vol");
		assert_string_equal(c.mounts[0].source, engines[i].volume);
		assert_string_equal(c.mounts[0].destination, "/data");
		assert_true(c.mounts[0].writable);
		assert_string_equal(c.mounts[1].type, "bind");
		assert_string_equal(c.mounts[1].name, "");
		assert_string_equal(c.mounts[1].destination, "/mnt");
		assert_false(c.mounts[1].writable);
		assert_strv(c.binds, "/etc");
	}
}

static void what_is_told_may_be_missing(void **state)
{
	(void)state;
	static const char *const more[] = {
		"",
		",\"NetworkSettings\":null,\"Created\":null,\"Mounts\":null,\"HostConfig\":null",
		",\"NetworkSettings\":{\"Ports\":null,\"Networks\":null},\"HostConfig\":{\"RestartPolicy\":null}",
		(",\"NetworkSettings\":{\"Ports\":{},\"Networks\":{}},\"Mounts\":[],"
		 "\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"\"}}"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		struct container c;
		assert_outcome(RUNNING, more[i], 0, &c);
		assert_int_equal(strv_len(c.ports) + strv_len(c.networks) + c.mount_count, 0);
		assert_string_equal(c.health, "");
		assert_string_equal(c.created_at, "");
		assert_string_equal(c.restart_policy, "");
		container_done(&c);
	}
	struct container c;
	assert_outcome(RUNNING, ",\"NetworkSettings\":{\"Networks\":{\"none\":null,\"x\":{}}}", 0, &c);
	assert_strv(c.networks, "none|x");
	container_done(&c);
}

static void what_is_told_has_its_type(void **state)
{
	(void)state;
	static const char *const more[] = {
		",\"Created\":7",
		",\"NetworkSettings\":[]",
		",\"NetworkSettings\":{\"Ports\":[]}",
		",\"NetworkSettings\":{\"Ports\":{\"80/tcp\":7}}",
		",\"NetworkSettings\":{\"Ports\":{\"80/tcp\":{}}}",
		",\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[7]}}",
		",\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[{\"HostPort\":80}]}}",
		",\"NetworkSettings\":{\"Ports\":{\"80/tcp\":null,\"80/tcp\":null}}",
		",\"NetworkSettings\":{\"Networks\":[]}",
		",\"NetworkSettings\":{\"Networks\":{\"a\":7}}",
		",\"NetworkSettings\":{\"Networks\":{\"a\":{\"IPAddress\":7}}}",
		",\"HostConfig\":{\"RestartPolicy\":\"always\"}",
		",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":-1}}",
		",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":\"3\"}}",
		",\"Mounts\":{}",
		",\"Mounts\":[7]",
		",\"Mounts\":[{\"Destination\":7}]",
		",\"Mounts\":[{\"Destination\":\"/a\",\"RW\":\"true\"}]",
	};
	for (size_t i = 0; i < ARRAY_SIZE(more); i++)
		assert_outcome(RUNNING, more[i], -EBADMSG, NULL);
	assert_outcome("{\"Status\":\"running\",\"Running\":true,\"Pid\":77,\"Health\":\"healthy\"}", "", -EBADMSG,
		       NULL);
	assert_outcome("{\"Status\":\"running\",\"Running\":true,\"Pid\":77,\"Health\":{\"Status\":1}}", "", -EBADMSG,
		       NULL);
}

static void mounts_that_no_engine_makes_are_left_out(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",	   "data",  "/a/../b", "/..",	 "/a/.",
					    "/a/", "/a//b", "//",      "../etc", "/./a"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		cleanup_buf struct buf b = {0};
		struct container c;
		buf_printf(&b,
			   ",\"Mounts\":[{\"Type\":\"volume\",\"Destination\":\"%s\"},"
			   "{\"Type\":\"volume\",\"Destination\":\"/a/..b/.c\"}]",
			   wrong[i]);
		assert_outcome(RUNNING, buf_text(&b), 0, &c);
		assert_int_equal(c.mount_count, 1);
		assert_string_equal(c.mounts[0].destination, "/a/..b/.c");
		container_done(&c);
	}
}

static void there_are_only_so_many_mounts_and_ports(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		cleanup_buf struct buf b = {0};
		buf_puts(&b, ",\"Mounts\":[{\"Destination\":\"/0\"}");
		for (int i = 1; i < CONTAINER_MOUNTS_MAX + more; i++)
			buf_printf(&b, ",{\"Destination\":\"/%d\"}", i);
		buf_puts(&b, "]");
		assert_outcome(RUNNING, buf_text(&b), more ? -EBADMSG : 0, NULL);
	}
	cleanup_buf struct buf b = {0};
	struct container c;
	buf_puts(&b, ",\"NetworkSettings\":{\"Ports\":{\"0/udp\":null");
	for (int i = 1; i < 20000; i++)
		buf_printf(&b, ",\"%d/udp\":[{\"HostPort\":\"%d\"},{\"HostPort\":\"%d\"}]", i, i, i);
	buf_puts(&b, "}}");
	assert_outcome(RUNNING, buf_text(&b), 0, &c);
	assert_int_equal(strv_len(c.ports), 1000);
	container_done(&c);
}

static void lists_of_real_engines_tell_status_and_age(void **state)
{
	(void)state;
	static const char *const files[] = {CORPUS "/inspect/docker-20.10-list.json",
					    CORPUS "/inspect/podman-4.3-list.json"};
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		size_t len;
		cleanup_free char *body = load(files[i], &len);
		cleanup_container_list struct container_list l = {0};
		struct answer_error_info why = {0};
		assert_int_equal(list_parse(body, len, &l, &why), 0);
		assert_int_equal(l.count, 2);
		assert_string_equal(l.rows[0].name, "quiet");
		assert_string_equal(l.rows[0].status, "Up 8 minutes");
		assert_true(l.rows[0].created == 1795355094);
	}
	static const char old[] = "[{\"Id\":\"" ID "\",\"Names\":[\"/a\"],\"Created\":-62135596800}]";
	static const char *const wrong[] = {"[{\"Id\":\"" ID "\",\"Names\":[\"/a\"],\"Created\":\"now\"}]",
					    "[{\"Id\":\"" ID "\",\"Names\":[\"/a\"],\"Status\":7}]"};
	struct container_list l = {0};
	struct answer_error_info why = {0};
	assert_int_equal(list_parse(old, strlen(old), &l, &why), 0);
	assert_int_equal(l.rows[0].created, 0);
	assert_string_equal(l.rows[0].status, "");
	container_list_done(&l);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(list_parse(wrong[i], strlen(wrong[i]), &l, &why), 0);
		assert_int_equal(l.count, 0);
		assert_int_equal(l.left_out, 1);
		container_list_done(&l);
	}
}

static void refusals_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		unsigned int status;
		const char *body;
		enum answer_error kind;
		const char *text;
	} refusals[] = {
		{404, "{\"message\":\"No such container: web\"}", ANSWER_NO_SUCH, "web"},
		{404, "{\"cause\":\"x\",\"message\":\"no container\",\"response\":404}", ANSWER_NO_SUCH, "web"},
		{400, "{\"message\":\"Multiple IDs found with provided prefix: 4f\"}", ANSWER_AMBIGUOUS, "web"},
		{500, "{\"message\":\"more than one container with ID or name 4f\"}", ANSWER_AMBIGUOUS, "web"},
		{403, "{\"message\":\"not \\u001b[31mallowed\"}", ANSWER_REFUSED, "403: not \\x1b[31mallowed"},
		{502, "<html>\r\nBad gateway", ANSWER_REFUSED, "502: <html>\\x0d"},
		{500, "", ANSWER_REFUSED, "500"},
		{500, "{\"message\":7}", ANSWER_REFUSED, "500"},
		{400, "Client sent an HTTP request to an HTTPS server.\n", ANSWER_PLAIN_TO_TLS, "TLS"},
		{301, "", ANSWER_REFUSED, "301"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct answer_error_info why = {0};
		assert_int_equal(
			refusal_parse(refusals[i].body, strlen(refusals[i].body), refusals[i].status, "web", &why),
			-EBADMSG);
		assert_int_equal(why.kind, refusals[i].kind);
		assert_int_equal(why.http_status, refusals[i].status);
		assert_non_null(strstr(why.text, refusals[i].text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_real_answer_of_docker_is_understood),
		IT(a_real_answer_of_podman_is_understood),
		IT(fields_that_are_missing_or_null_are_empty),
		IT(what_matters_for_an_entry_is_taken_over),
		IT(a_process_that_no_container_has_is_refused),
		IT(a_state_that_contradicts_itself_is_refused),
		IT(states_are_told_apart),
		IT(an_answer_about_another_container_is_refused),
		IT(an_answer_without_a_real_id_or_name_is_refused),
		IT(words_that_are_too_long_are_refused),
		IT(every_cut_of_an_answer_is_refused),
		IT(lists_keep_containers_with_a_name_of_their_own),
		IT(lists_that_are_none_are_refused),
		IT(one_container_does_not_hide_the_others),
		IT(the_largest_containers_give_way),
		IT(ports_networks_and_mounts_of_real_engines_are_told),
		IT(what_is_told_may_be_missing),
		IT(what_is_told_has_its_type),
		IT(mounts_that_no_engine_makes_are_left_out),
		IT(there_are_only_so_many_mounts_and_ports),
		IT(lists_of_real_engines_tell_status_and_age),
		IT(refusals_are_told_apart),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "lib/client/show.h"
#include "lib/client/show_json.h"
#include "lib/proto/wire.h"

static void row(struct buf *b, const char *group, const char *name, const char *entry, const char *init)
{
	wire_put_str(b, group);
	wire_put_str(b, name);
	wire_put_str(b, entry);
	wire_put_str(b, init);
}

static void rows_of_a_group_stand_together(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0}, text = {0}, json = {0};
	wire_put_u32(&b, 3);
	row(&b, "g", "a", "1", "1");
	row(&b, "h", "b", "2", "");
	row(&b, "g", "c", "\x1b", "4");
	assert_int_equal(show_format(b.data, b.len, false, &text), 0);
	const char *c = strstr(buf_text(&text), "  c ");
	assert_non_null(c);
	assert_true(c < strstr(buf_text(&text), "\nh\n"));
	assert_non_null(strstr(c, "\\x1b"));
	assert_null(strchr(buf_text(&text), '\x1b'));
	assert_int_equal(show_format(b.data, b.len, true, &json), 0);
	assert_string_equal(buf_text(&json), "{\n  \"g\": {\n    \"a\": {\"entry\": \"1\", \"init\": \"1\"},\n"
					     "    \"c\": {\"entry\": \"\\u001b\", \"init\": \"4\"}\n  },\n"
					     "  \"h\": {\n    \"b\": {\"entry\": \"2\", \"init\": null}\n  }\n}\n");
}

static void json_is_always_valid(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0}, json = {0}, empty = {0}, none = {0};
	wire_put_u32(&b, 1);
	row(&b, "g\"", "\\", "a\xff\xc3\xa9\xc3", "\n\x7f");
	assert_int_equal(show_format(b.data, b.len, true, &json), 0);
	assert_string_equal(buf_text(&json),
			    "{\n  \"g\\\"\": {\n    \"\\\\\": {\"entry\": \"a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\", "
			    "\"init\": \"\\u000a\\u007f\"}\n  }\n}\n");
	cleanup_buf struct buf hidden = {0}, exact = {0};
	wire_put_u32(&hidden, 1);
	row(&hidden, "g", "n", "\xe2\x80\xae\xc2\x9b\xf3\xa0\x81\x81", "");
	assert_int_equal(show_format(hidden.data, hidden.len, true, &exact), 0);
	assert_non_null(strstr(buf_text(&exact), "\"entry\": \"\\u202e\\u009b\\udb40\\udc41\""));
	wire_put_u32(&none, 0);
	assert_int_equal(show_format(none.data, none.len, true, &empty), 0);
	assert_string_equal(buf_text(&empty), "{}\n");
}

static void what_is_no_table_is_refused(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0}, text = {0};
	wire_put_u32(&b, 2);
	row(&b, "g", "a", "1", "1");
	for (size_t len = 0; len <= b.len; len++)
		assert_int_equal(show_format(b.data, len, false, &text), -EBADMSG);
	memcpy(b.data, &(uint32_t){4000000000}, 4);
	assert_int_equal(show_format(b.data, b.len, false, &text), -EBADMSG);
	assert_int_equal(text.len, 0);
}

static void one_thing_is_described(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0}, text = {0}, json = {0}, coloured = {0};
	wire_put_u32(&b, 5);
	row(&b, "g", "a", "1", "");
	row(&b, "h", "x", "2", "");
	row(&b, "g", "b", "\x1b", "");
	row(&b, "g", "a", "3", "");
	row(&b, "h", "a", "4", "");
	assert_int_equal(show_describe(b.data, b.len, false, false, &text), 0);
	assert_string_equal(buf_text(&text),
			    "g\n  a                  1\n  b                  \\x1b\n  a                  3\n\n"
			    "h\n  x                  2\n  a                  4\n");
	assert_int_equal(show_describe(b.data, b.len, true, true, &json), 0);
	assert_string_equal(buf_text(&json), "{\n  \"g\": {\n    \"a\": [\"1\", \"3\"],\n    \"b\": \"\\u001b\"\n  },\n"
					     "  \"h\": {\n    \"x\": \"2\",\n    \"a\": \"4\"\n  }\n}\n");
	assert_int_equal(show_describe(b.data, b.len, false, true, &coloured), 0);
	assert_true(strncmp(buf_text(&coloured), "\033[1mg\033[0m\n", 10) == 0);
}

static void capabilities_are_lists_of_names(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0}, json = {0}, text = {0};
	wire_put_u32(&b, 3);
	row(&b, "capabilities", "bounding", "chown kill", "");
	row(&b, "capabilities", "ambient", "none", "");
	row(&b, "capabilities", "effective", "chown", "");
	assert_int_equal(show_describe(b.data, b.len, true, false, &json), 0);
	assert_string_equal(buf_text(&json), "{\n  \"capabilities\": {\n    \"bounding\": [\"chown\", \"kill\"],\n"
					     "    \"ambient\": [],\n    \"effective\": [\"chown\"]\n  }\n}\n");
	assert_int_equal(show_describe(b.data, b.len, false, false, &text), 0);
	assert_non_null(strstr(buf_text(&text), "ambient            none\n"));
}

static void only_what_differs_is_shown(void **state)
{
	(void)state;
	unsigned count;
	cleanup_buf struct buf b = {0}, text = {0}, json = {0}, same = {0}, empty = {0};
	wire_put_u32(&b, 7);
	row(&b, "user", "uid", "0", "0");
	row(&b, "user", "home", "/root", "");
	row(&b, "user", "groups", "7", "");
	row(&b, "confinement", "seccomp", "filter from the bundle", "filter");
	row(&b, "confinement", "seccomp", "none", "filter");
	row(&b, "capabilities", "bounding", "", "chown");
	row(&b, "user", "gid", "1", "2");
	assert_int_equal(show_diff(b.data, b.len, false, false, &text, &count), 0);
	assert_int_equal(count, 4);
	assert_string_equal(buf_text(&text),
			    "user\n  groups             entry: 7\n                     init:  none\n"
			    "  gid                entry: 1\n                     init:  2\n\n"
			    "confinement\n  seccomp            entry: none\n                     init:  filter\n\n"
			    "capabilities\n  bounding           entry: none\n                     init:  chown\n");
	assert_int_equal(show_diff(b.data, b.len, true, false, &json, &count), 0);
	assert_non_null(strstr(buf_text(&json), "\"gid\": {\"entry\": 1, \"init\": 2}"));
	assert_null(strstr(buf_text(&json), "home"));
	wire_put_u32(&same, 1);
	row(&same, "user", "uid", "0", "0");
	buf_done(&text);
	assert_int_equal(show_diff(same.data, same.len, false, false, &text, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(text.len, 0);
	assert_int_equal(show_diff(same.data, same.len, true, false, &empty, &count), 0);
	assert_string_equal(buf_text(&empty), "{}\n");
}

static void assert_value(const char *group, const char *name, const char *text, const char *expected)
{
	cleanup_buf struct buf b = {0};
	show_json_put(&b, group, name, text);
	assert_string_equal(buf_text(&b), expected);
}

static void values_have_the_type_of_their_name(void **state)
{
	(void)state;
	assert_value("container", "name", "12", "\"12\"");
	assert_value("container", "pid", "12", "12");
	assert_value("container", "exit code", "-1", "-1");
	assert_value("container", "as good as the host", "no", "[]");
	assert_value("container", "as good as the host", "it is privileged; it has cap_bpf",
		     "[\"it is privileged\", \"it has cap_bpf\"]");
	assert_value("limits", "memory", "209715200 bytes", "209715200");
	assert_value("limits", "processors", "0.500", "0.500");
	assert_value("limits", "processes", "none", "null");
	assert_value("resource limits", "nofile", "512:unlimited", "{\"soft\": 512, \"hard\": null}");
	assert_value("user", "uid", "0", "0");
	assert_value("user", "groups", "", "[]");
	assert_value("user", "groups", "0,10", "[0, 10]");
	assert_value("namespaces", "net", "4026531840, the host's", "{\"inode\": 4026531840, \"of the host\": true}");
	assert_value("namespaces", "mnt", "4026532200", "{\"inode\": 4026532200, \"of the host\": false}");
	assert_value("entered", "net", "no, shared with the host", "false");
	assert_value("entered", "mnt", "yes", "true");
	assert_value("capabilities", "bounding", "0000000000000021", "[\"cap_chown\", \"cap_kill\"]");
	assert_value("capabilities", "ambient", "0000000000000000", "[]");
	assert_value("confinement", "no_new_privs", "1", "true");
	assert_value("confinement", "oom_score_adj", "-500", "-500");
	assert_value("confinement", "umask", "0022", "\"0022\"");
	assert_value("environment", "PATH", "set", "true");
	assert_value("mounts", "/data", "bind /srv/a b (rw)",
		     "{\"type\": \"bind\", \"source\": \"/srv/a b\", \"writable\": true}");
	assert_value("mounts", "/data", "bind of the host (ro)",
		     "{\"type\": \"bind\", \"source\": null, \"writable\": false}");
	assert_true(show_json_is_list("container", "label"));
	assert_true(show_json_is_list("network", "port"));
	assert_false(show_json_is_list("container", "name"));
}

static void ports_and_addresses_are_taken_apart(void **state)
{
	(void)state;
	static const char *const ports[][2] = {
		{"80/tcp", "{\"port\": 80, \"protocol\": \"tcp\", \"host_address\": null, \"host_port\": null}"},
		{"8080->80/tcp", "{\"port\": 80, \"protocol\": \"tcp\", \"host_address\": null, \"host_port\": 8080}"},
		{"127.0.0.1:8080->80/udp",
		 "{\"port\": 80, \"protocol\": \"udp\", \"host_address\": \"127.0.0.1\", \"host_port\": 8080}"},
		{"[::]:8080->80/tcp",
		 "{\"port\": 80, \"protocol\": \"tcp\", \"host_address\": \"::\", \"host_port\": 8080}"},
		{"->:]", "{\"port\": null, \"protocol\": \"\", \"host_address\": null, \"host_port\": null}"},
		{"]:->", "{\"port\": null, \"protocol\": \"\", \"host_address\": \"]\", \"host_port\": null}"},
		{"[]:1->1", "{\"port\": 1, \"protocol\": \"\", \"host_address\": \"\", \"host_port\": 1}"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		assert_value("network", "port", ports[i][0], ports[i][1]);
	assert_value("network", "address", "bridge 172.17.0.2 fd00::2",
		     "{\"network\": \"bridge\", \"addresses\": [\"172.17.0.2\", \"fd00::2\"]}");
	assert_value("network", "address", "alone", "{\"network\": \"alone\", \"addresses\": []}");
}

/* Nothing that an engine or a kernel could say makes something else of it than JSON. */
static void what_is_no_value_of_its_name_is_still_json(void **state)
{
	(void)state;
	static const char *const texts[] = {"",	  " ",	 "-",	"007", "1.",	".5",	"1 bytes more",
					    "\"", "a,b", ",,,", ":",   "1:2:3", "(rw)", " (rw)"};
	static const char *const names[][2] = {
		{"limits", "memory"},  {"resource limits", "core"},  {"user", "groups"},
		{"namespaces", "net"}, {"network", "port"},	     {"network", "address"},
		{"mounts", "/"},       {"capabilities", "bounding"}, {"container", "pid"}};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(texts); j++) {
			cleanup_buf struct buf b = {0};
			show_json_put(&b, names[i][0], names[i][1], texts[j]);
			cJSON *value = cJSON_ParseWithOpts(buf_text(&b), NULL, true);
			assert_non_null(value);
			cJSON_Delete(value);
		}
	}
	assert_value("limits", "memory", "007", "\"007\"");
	assert_value("limits", "memory", "1.", "\"1.\"");
	assert_value("user", "groups", "1,x", "[1, null]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(rows_of_a_group_stand_together),
					   IT(json_is_always_valid),
					   IT(what_is_no_table_is_refused),
					   IT(one_thing_is_described),
					   IT(capabilities_are_lists_of_names),
					   IT(only_what_differs_is_shown),
					   IT(values_have_the_type_of_their_name),
					   IT(ports_and_addresses_are_taken_apart),
					   IT(what_is_no_value_of_its_name_is_still_json)};
	return RUN(tests);
}

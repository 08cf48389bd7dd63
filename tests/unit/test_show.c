/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/client/show.h"
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
					     "  \"h\": {\n    \"b\": {\"entry\": \"2\", \"init\": \"\"}\n  }\n}\n");
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
	assert_non_null(strstr(buf_text(&json), "\"gid\": {\"entry\": \"1\", \"init\": \"2\"}"));
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

int main(void)
{
	const struct CMUnitTest tests[] = {IT(rows_of_a_group_stand_together),	IT(json_is_always_valid),
					   IT(what_is_no_table_is_refused),	IT(one_thing_is_described),
					   IT(capabilities_are_lists_of_names), IT(only_what_differs_is_shown)};
	return RUN(tests);
}

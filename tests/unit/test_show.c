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

int main(void)
{
	const struct CMUnitTest tests[] = {IT(rows_of_a_group_stand_together), IT(json_is_always_valid),
					   IT(what_is_no_table_is_refused)};
	return RUN(tests);
}

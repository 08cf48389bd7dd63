/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/engine/json.h"

static void assert_refused(const char *text, size_t len)
{
	cJSON *root = NULL;
	struct error err = ERROR_INIT;
	if (json_parse(text, len, &root, &err) == 0) {
		cJSON_Delete(root);
		fail_msg("was accepted: %s", text);
	}
	assert_null(root);
	assert_true(*err.text);
}

static void what_is_not_json_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		" ",
		"{",
		"{\"a\":1",
		"[1,]",
		"{\"a\":1,}",
		"{a:1}",
		"'a'",
		"tru",
		"nul",
		"truex",
		"[1 2]",
		"{\"a\" 1}",
		"\"a",
		"\"\\x41\"",
		"[1}",
		"\xef\xbb\xbf{}",
		"// x\n{}",
		"{} {}",
		"{}x",
		"{}]",
		"NaN",
		"Infinity",
		"[+1]",
		"[\"\\ud800\"]",
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_refused(wrong[i], strlen(wrong[i]));
}

static void numbers_are_rfc_8259s(void **state)
{
	(void)state;
	static const char *const wrong[] = {"[01]",   "[1.]",  "[.5]",	"[1e]",	 "[-]",
					    "[0x10]", "[1_0]", "[--1]", "[1e+]", "[00]"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_refused(wrong[i], strlen(wrong[i]));
}

static void trailing_bytes_are_refused_but_for_white_space(void **state)
{
	(void)state;
	cleanup_json cJSON *root = NULL;
	assert_int_equal(json_parse("{}\r\n\t ", 6, &root, NULL), 0);
	assert_refused("{}\0", 3);
	assert_refused("{}\f", 3);
}

static void zero_bytes_and_control_bytes_are_refused(void **state)
{
	(void)state;
	assert_refused("{\"a\":\"b\\u0000c\"}", 16);
	assert_refused("{\"a\\u0000b\":1}", 14);
	assert_refused("{\"a\0\":1}", 8);
	assert_refused("\0{}", 3);
	assert_refused("[\"a\nb\"]", 7);
	assert_refused("[\"a\tb\"]", 7);
	cleanup_json cJSON *root = NULL;
	assert_int_equal(json_parse("[\"\\\\u0000\"]", 11, &root, NULL), 0); /* a backslash, then text */
	assert_string_equal(root->child->valuestring, "\\u0000");
}

static void equal_names_are_refused_at_every_depth(void **state)
{
	(void)state;
	assert_refused("{\"Pid\":1,\"Pid\":2}", 17);
	static const char nested[] = "[{\"x\":{\"a\":1,\"b\":2,\"\\u0061\":3}}]";
	assert_refused(nested, sizeof(nested) - 1);
	cleanup_json cJSON *root = NULL;
	assert_int_equal(json_parse("{\"Pid\":1,\"pid\":2,\"a\":{\"Pid\":3}}", 31, &root, NULL), 0);
}

static void equal_names_are_found_among_many(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	buf_puts(&b, "{");
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "\"n%d\":%d,", i, i);
	size_t fine = b.len;
	buf_puts(&b, "\"n57\":0}");
	assert_refused(b.data, b.len);
	b.len = fine;
	buf_puts(&b, "\"n100\":0}");
	cleanup_json cJSON *root = NULL;
	assert_int_equal(json_parse(b.data, b.len, &root, NULL), 0);
}

static void depth_is_bounded(void **state)
{
	(void)state;
	char text[2 * JSON_DEPTH_MAX + 4];
	size_t n = JSON_DEPTH_MAX;
	memset(text, '[', n);
	memset(text + n, ']', n);
	cleanup_json cJSON *root = NULL;
	assert_int_equal(json_parse(text, 2 * n, &root, NULL), 0);
	memset(text, '[', n + 1);
	memset(text + n + 1, ']', n + 1);
	assert_refused(text, 2 * n + 2);
}

static cJSON *parse(const char *text)
{
	cJSON *root = NULL;
	assert_int_equal(json_parse(text, strlen(text), &root, NULL), 0);
	return root;
}

static void names_are_case_sensitive(void **state)
{
	(void)state;
	struct json_reader r = {0};
	cleanup_json cJSON *root = parse("{\"pid\":5}");
	assert_int_equal(json_int(&r, root, "Pid", 0, 10), 0);
	assert_false(json_has(root, "Pid"));
	assert_int_equal(json_int(&r, root, "pid", 0, 10), 5);
}

static void missing_and_null_are_empty(void **state)
{
	(void)state;
	struct json_reader r = {0};
	cleanup_json cJSON *root = parse("{\"a\":null}");
	assert_string_equal(json_text(&r, root, "a"), "");
	assert_string_equal(json_text(&r, root, "b"), "");
	assert_false(json_bool(&r, root, "a"));
	assert_null(json_object(&r, root, "a"));
	cleanup_strv char **v = json_strings(&r, root, "a", 5);
	assert_int_equal(strv_len(v), 0);
	assert_non_null(v);
	assert_int_equal(json_int(&r, json_object(&r, root, "a"), "x", 0, 1), 0);
	assert_false(r.failed);
}

static void assert_int_refused(const char *value)
{
	struct error err = ERROR_INIT;
	struct json_reader r = {.err = &err};
	cleanup_buf struct buf b = {0};
	buf_printf(&b, "{\"Pid\":%s}", value);
	cleanup_json cJSON *root = parse(buf_text(&b));
	assert_int_equal(json_int(&r, root, "Pid", 0, 1 << 22), 0);
	assert_true(r.failed);
	assert_non_null(strstr(err.text, "Pid"));
}

static void integers_are_integers_in_range(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"true",
		"\"12\"",
		"1.5",
		"1.0",
		"1e3",
		"-1",
		"4294967297",
		"18446744073709551617",
		"[1]",
		"{}",
		"4194305",
		"-9223372036854775809",
		"0.9999999999999999999999",
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_refused(wrong[i]);
}

static void all_64_bits_of_an_integer_count(void **state)
{
	(void)state;
	struct json_reader r = {0};
	cleanup_json cJSON *root = parse("{\"a\":18446744073709551615,\"b\":9007199254740993,\"c\":-9007199254740993,"
					 "\"d\":9223372036854775807}");
	assert_true(json_uint(&r, root, "a", UINT64_MAX) == UINT64_MAX);
	assert_true(json_uint(&r, root, "b", UINT64_MAX) == 9007199254740993);
	assert_true(json_int(&r, root, "c", INT64_MIN, INT64_MAX) == -9007199254740993);
	assert_true(json_int(&r, root, "d", INT64_MIN, INT64_MAX) == INT64_MAX);
	assert_false(r.failed);
	json_uint(&r, root, "c", UINT64_MAX);
	assert_true(r.failed);
}

static void digits_belong_to_their_number(void **state)
{
	(void)state;
	struct json_reader r = {0};
	cleanup_json cJSON *root =
		parse("{\"x\":\"77\",\"a\":[1,{\"b\":2},\"3\",[4]],\"c\":5,\"d\":\"6 \\\" 7\",\"e\":-8}");
	assert_int_equal(json_uint(&r, json_array(&r, root, "a")->child->next, "b", 9), 2);
	assert_int_equal(json_uint(&r, root, "c", 9), 5);
	assert_int_equal(json_int(&r, root, "e", -9, 9), -8);
	assert_false(r.failed);
}

static void other_types_than_asked_for_are_errors(void **state)
{
	(void)state;
	cleanup_json cJSON *root = parse("{\"n\":1,\"s\":\"x\",\"o\":{\"k\":1},\"a\":[1]}");
	struct json_reader r[8] = {{0}};
	json_text(&r[0], root, "n");
	json_bool(&r[1], root, "n");
	json_object(&r[2], root, "a");
	json_array(&r[3], root, "o");
	strv_free(json_strings(&r[4], root, "a", 5));
	strv_free(json_pairs(&r[5], root, "o", 5));
	json_uint(&r[6], root, "s", 5);
	free(json_copy(&r[7], root, "o", 5));
	for (size_t i = 0; i < ARRAY_SIZE(r); i++)
		assert_true(r[i].failed);
}

static void the_first_error_is_the_one_told(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	struct json_reader r = {.err = &err};
	cleanup_json cJSON *root = parse("{\"a\":1,\"b\":\"x\"}");
	json_text(&r, root, "a");
	json_uint(&r, root, "b", 1);
	assert_string_equal(err.text, "a is not a string");
}

static void vectors_and_copies_are_bounded(void **state)
{
	(void)state;
	struct json_reader r = {0}, s = {0};
	cleanup_json cJSON *root = parse("{\"v\":[\"a\",\"b\",\"c\"],\"t\":\"abcdef\"}");
	assert_null(json_strings(&r, root, "v", 2));
	assert_true(r.failed);
	assert_null(json_copy(&s, root, "t", 5));
	assert_true(s.failed);
}

static void pairs_join_and_leave_out_keys_with_an_equals_sign(void **state)
{
	(void)state;
	struct json_reader r = {0};
	cleanup_json cJSON *root = parse("{\"m\":{\"a\":\"1\",\"b=c\":\"2\",\"d\":\"\"}}");
	cleanup_strv char **v = json_pairs(&r, root, "m", 5);
	assert_int_equal(strv_len(v), 2);
	assert_string_equal(v[0], "a=1");
	assert_string_equal(v[1], "d=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(what_is_not_json_is_refused),
		IT(numbers_are_rfc_8259s),
		IT(trailing_bytes_are_refused_but_for_white_space),
		IT(zero_bytes_and_control_bytes_are_refused),
		IT(equal_names_are_refused_at_every_depth),
		IT(equal_names_are_found_among_many),
		IT(depth_is_bounded),
		IT(names_are_case_sensitive),
		IT(missing_and_null_are_empty),
		IT(integers_are_integers_in_range),
		IT(all_64_bits_of_an_integer_count),
		IT(digits_belong_to_their_number),
		IT(other_types_than_asked_for_are_errors),
		IT(the_first_error_is_the_one_told),
		IT(vectors_and_copies_are_bounded),
		IT(pairs_join_and_leave_out_keys_with_an_equals_sign),
	};
	return RUN(tests);
}

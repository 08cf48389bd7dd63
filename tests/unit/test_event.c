/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "lib/audit/event.h"
#include "lib/audit/log_read.h"
#include "lib/base/text.h"

#define TAIL ",\"seq\":1,\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\"}"

static void assert_literal(const char *text, size_t len, const char *expected)
{
	cleanup_buf struct buf b = {0};
	assert_int_equal(audit_json_string(&b, text, len, SIZE_MAX, false), len);
	assert_string_equal(buf_text(&b), expected);
}

static void text_stays_readable(void **state)
{
	(void)state;
	assert_literal("psql -c 'x'", 11, "\"psql -c 'x'\"");
	assert_literal("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
	assert_literal("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", 15,
		       "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\"");
	assert_literal("", 0, "\"\"");
}

static void nothing_reaches_a_terminal_or_ends_a_line(void **state)
{
	(void)state;
	assert_literal("a\nb\r\t\x1b[2J\x7f", 10, "\"a\\u000ab\\u000d\\u0009\\u001b[2J\\u007f\"");
	assert_literal("\0", 1, "\"\\u0000\"");
	assert_literal("\xc2\x9b", 2, "\"\\u009b\"");
	assert_literal("\xe2\x80\xae\xe2\x80\xa8", 6, "\"\\u202e\\u2028\"");
	assert_literal("\xf3\xa0\x81\x81", 4, "\"\\udb40\\udc41\"");
}

static void bytes_that_are_no_text_can_be_told(void **state)
{
	(void)state;
	assert_literal("a\xff\x80z", 4, "\"a\\uecff\\uec80z\"");
	assert_literal("\xc0\xaf", 2, "\"\\uecc0\\uecaf\"");		/* overlong */
	assert_literal("\xed\xa0\x80", 3, "\"\\ueced\\ueca0\\uec80\""); /* a surrogate */
	assert_literal("\xee\xb2\x80", 3, "\"\\uecee\\uecb2\\uec80\""); /* U+EC80 itself */
	assert_literal("\xe2\x82", 2, "\"\\uece2\\uec82\"");
}

static void a_string_is_cut_at_a_whole_character(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	assert_int_equal(audit_json_string(&b, "abc\ndef", 7, 8, false), 3);
	assert_string_equal(buf_text(&b), "\"abc\"");
	buf_done(&b);
	assert_int_equal(audit_json_string(&b, "abc\ndef", 7, 9, false), 4);
	assert_string_equal(buf_text(&b), "\"abc\\u000a\"");
	buf_done(&b);
	assert_int_equal(audit_json_string(&b, "a\xe2\x82", 3, SIZE_MAX, true), 1);
	assert_string_equal(buf_text(&b), "\"a\"");
}

/* The line as it would be in a log, read back. */
static void read_back(const struct audit_event *e, struct audit_record *ret)
{
	cleanup_buf struct buf b = {0};
	struct error err = ERROR_INIT;
	audit_event_write(e, &b);
	buf_puts(&b, TAIL);
	assert_false(b.failed);
	assert_null(memchr(b.data, '\n', b.len));
	assert_true(b.len <= AUDIT_LINE_MAX);
	if (audit_record_parse(b.data, b.len, ret, &err) < 0)
		fail_msg("%s: %.*s", err.text, (int)b.len, b.data);
}

static void a_start_is_read_back_whole(void **state)
{
	(void)state;
	char *argv[] = {(char *)"ps\xff", (char *)"", (char *)"a\nb\\", NULL};
	char *principals[] = {(char *)"oncall", NULL};
	struct audit_event e = {.kind = AUDIT_START,
				.wall_ms = 1793170379123,
				.monotonic_ms = 77,
				.uid = 1001,
				.has_login = true,
				.login_uid = 1002,
				.user = "center",
				.gate = true,
				.key = "dev-laptop",
				.fingerprint = "SHA256:x",
				.cert_id = "c",
				.principals = principals,
				.address = "::1",
				.port = 65535,
				.verb = "debug",
				.toolbox = "gdb-13.1",
				.target = "web",
				.container_id = "abc",
				.container_name = "web",
				.image = "i",
				.image_digest = "d",
				.pid = 4711,
				.pid_start = UINT64_MAX,
				.as_user = "app",
				.has_as_uid = true,
				.as_uid = 4294967294,
				.argv = argv,
				.tty = true,
				.ns = 3,
				.rule = "/etc/x:7",
				.decision = "allow",
				.record = true};
	assert_int_equal(audit_session_id(e.session), 0);
	cleanup_record struct audit_record r = {0};
	read_back(&e, &r);
	assert_true(r.known && !r.claim);
	assert_int_equal(r.e.kind, AUDIT_START);
	assert_true(r.e.wall_ms == e.wall_ms && r.e.monotonic_ms == 77);
	assert_string_equal(r.e.session, e.session);
	assert_true(r.e.uid == 1001 && r.e.has_login && r.e.login_uid == 1002 && r.e.gate);
	assert_string_equal(r.e.user, "center");
	assert_string_equal(r.e.verb, "debug");
	assert_string_equal(r.e.toolbox, "gdb-13.1");
	assert_string_equal(r.e.key, "dev-laptop");
	assert_string_equal(r.e.principals[0], "oncall");
	assert_string_equal(r.e.address, "::1");
	assert_int_equal(r.e.port, 65535);
	assert_true(r.e.pid == 4711 && r.e.pid_start == UINT64_MAX && r.e.as_uid == 4294967294);
	assert_int_equal(r.argc, 3);
	assert_int_equal(strv_len(r.e.argv), 3);
	for (int i = 0; i < 3; i++)
		assert_string_equal(r.e.argv[i], argv[i]);
	assert_string_equal(r.e.rule, "/etc/x:7");
	assert_true(r.e.tty && r.e.record);
	cJSON *ns = cJSON_GetObjectItem(r.json, "ns");
	assert_int_equal(cJSON_GetArraySize(ns), 2);
	assert_null(cJSON_GetObjectItem(r.json, "cut"));
}

static void what_is_only_claimed_is_no_key(void **state)
{
	(void)state;
	struct audit_event e = {.kind = AUDIT_DENY, .key = "somebody", .address = "192.0.2.1", .reason = "no rule"};
	cleanup_record struct audit_record r = {0}, none = {0};
	read_back(&e, &r);
	assert_null(cJSON_GetObjectItem(r.json, "key"));
	assert_null(cJSON_GetObjectItem(r.json, "address"));
	assert_true(r.claim);
	assert_string_equal(r.e.key, "somebody");
	assert_string_equal(r.e.reason, "no rule");
	e = (struct audit_event){.kind = AUDIT_DENY};
	read_back(&e, &none);
	assert_null(cJSON_GetObjectItem(none.json, "claim"));
	assert_false(none.claim);
}

static void an_end_has_code_or_signal_and_known_bytes(void **state)
{
	(void)state;
	struct audit_event e = {.kind = AUDIT_END,
				.number = 9,
				.duration_ms = 5,
				.relayed = {false, true, false},
				.bytes = {1, UINT64_MAX, 2},
				.reason = "client-gone"};
	cleanup_record struct audit_record r = {0}, s = {0};
	read_back(&e, &r);
	assert_false(r.e.exited);
	assert_int_equal(r.e.number, 9);
	assert_true(r.e.duration_ms == 5 && !r.e.relayed[0] && r.e.relayed[1] && !r.e.relayed[2]);
	assert_true(r.e.bytes[1] == UINT64_MAX);
	assert_string_equal(r.e.reason, "client-gone");
	e.exited = true;
	read_back(&e, &s);
	assert_true(s.e.exited);
}

/* What is as long as it gets, in a line as short as it must be. */
static void a_record_is_never_longer_than_its_line(void **state)
{
	(void)state;
	cleanup_free char *t = malloc(100001);
	assert_non_null(t);
	memset(t, 0xff, 100000);
	t[100000] = '\0';
	char *many[20001] = {NULL}, *one[] = {t, t, NULL};
	for (int i = 0; i < 20000; i++)
		many[i] = t + 99999;
	char *const *const argvs[] = {many, one};
	for (size_t i = 0; i < ARRAY_SIZE(argvs); i++) {
		struct audit_event e = {.kind = AUDIT_START,
					.wall_ms = INT64_MAX / 2,
					.monotonic_ms = -INT64_MAX,
					.uid = UINT32_MAX,
					.has_login = true,
					.login_uid = UINT32_MAX,
					.user = t,
					.gate = i == 0,
					.key = t,
					.fingerprint = t,
					.cert_id = t,
					.principals = one,
					.address = t,
					.port = 65535,
					.verb = t,
					.toolbox = t,
					.target = t,
					.container_id = t,
					.container_name = t,
					.image = t,
					.image_digest = t,
					.pid = INT64_MAX,
					.pid_start = UINT64_MAX,
					.as_user = t,
					.has_as_uid = true,
					.as_uid = UINT32_MAX,
					.argv = argvs[i],
					.tty = true,
					.ns = 255,
					.rule = t,
					.decision = t,
					.record = true,
					.reason = t};
		cleanup_buf struct buf b = {0}, small = {0};
		audit_event_write(&e, &b);
		assert_true(b.len <= AUDIT_LINE_MAX - AUDIT_TAIL_MAX);
		assert_non_null(strstr(buf_text(&b), "\"cut\":true"));
		audit_event_write_within(&e, 4096, &small);
		assert_true(small.len <= 4096);
		e.wall_ms = 0;
		e.pid = 0;
		cleanup_record struct audit_record r = {0};
		read_back(&e, &r);
		assert_int_equal(r.argc, i == 0 ? 20000 : 2);
	}
}

static void times_are_utc_whatever_the_zone(void **state)
{
	(void)state;
	static const struct {
		int64_t ms;
		const char *text;
	} times[] = {{0, "1970-01-01T00:00:00.000Z"},
		     {951782400000, "2000-02-29T00:00:00.000Z"},
		     {1735689599999, "2024-12-31T23:59:59.999Z"},
		     {4107542400001, "2100-03-01T00:00:00.001Z"},
		     {-1, "1969-12-31T23:59:59.999Z"},
		     {1709251199000, "2024-02-29T23:59:59.000Z"}};
	setenv("TZ", "Asia/Tokyo", 1);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct audit_event e = {.kind = AUDIT_DENY, .wall_ms = times[i].ms};
		cleanup_buf struct buf b = {0};
		audit_event_write(&e, &b);
		assert_non_null(strstr(buf_text(&b), times[i].text));
		int64_t back;
		assert_int_equal(audit_time_parse(times[i].text, &back), 0);
		assert_true(back == times[i].ms);
	}
	unsetenv("TZ");
	int64_t back;
	static const char *const wrong[] = {"", "1970-01-01", "1970-01-01T00:00:00.000", "1970-01-01T00:00:00.000+",
					    "x970-01-01T00:00:00.000Z"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_true(audit_time_parse(wrong[i], &back) < 0);
}

static void session_ids_are_random_and_never_paths(void **state)
{
	(void)state;
	char a[AUDIT_ID_LEN + 1], b[AUDIT_ID_LEN + 1];
	assert_int_equal(audit_session_id(a), 0);
	assert_int_equal(audit_session_id(b), 0);
	assert_string_not_equal(a, b);
	assert_true(audit_is_session_id(a) && audit_is_session_id(b));
	static const char *const wrong[] = {"",
					    "../../../../../../etc/shado",
					    "aaaaaaaaaaaaaaaaaaaaaaaaa",
					    "aaaaaaaaaaaaaaaaaaaaaaaaaaa",
					    "AAAAAAAAAAAAAAAAAAAAAAAAAA",
					    "aaaaaaaaaaaaaaaaaaaaaaaaa/",
					    "aaaaaaaaaaaaaaaaaaaaaaaaa1"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(audit_is_session_id(wrong[i]));
}

/* Every bit of the random bytes is in the text: over many, each digit takes each value. */
static void no_digit_of_an_id_is_constant(void **state)
{
	(void)state;
	uint32_t seen[AUDIT_ID_LEN] = {0};
	for (int i = 0; i < 2000; i++) {
		char id[AUDIT_ID_LEN + 1];
		assert_int_equal(audit_session_id(id), 0);
		for (int d = 0; d < AUDIT_ID_LEN; d++)
			seen[d] |= 1u << (id[d] >= 'a' ? id[d] - 'a' : id[d] - '2' + 26);
	}
	for (int d = 0; d < AUDIT_ID_LEN - 1; d++)
		assert_true(seen[d] == UINT32_MAX);
	assert_int_equal(__builtin_popcount(seen[AUDIT_ID_LEN - 1]), 8); /* 3 bits are left for the last */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(text_stays_readable),
		IT(nothing_reaches_a_terminal_or_ends_a_line),
		IT(bytes_that_are_no_text_can_be_told),
		IT(a_string_is_cut_at_a_whole_character),
		IT(a_start_is_read_back_whole),
		IT(what_is_only_claimed_is_no_key),
		IT(an_end_has_code_or_signal_and_known_bytes),
		IT(a_record_is_never_longer_than_its_line),
		IT(times_are_utc_whatever_the_zone),
		IT(session_ids_are_random_and_never_paths),
		IT(no_digit_of_an_id_is_constant),
	};
	return RUN(tests);
}

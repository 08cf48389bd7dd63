/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/engine/logs.h"

#define T1 "2026-11-22T13:25:16.123456789Z"
#define T2 "2026-11-22T13:25:17Z"
static const int64_t T1_NS = 1795353916123456789, T2_NS = 1795353917000000000;

/* What was written, each byte behind the number of its stream where that changes: "0:out\n1:err\n". */
struct told {
	struct buf text;
	int stream;
	size_t until; /* bytes that are taken before writing fails; 0: all */
};

static int write_told(void *arg, enum logs_stream stream, const char *data, size_t len)
{
	struct told *t = arg;
	assert_true(len > 0);
	if (t->until && t->text.len + len > t->until)
		return -EPIPE;
	if (t->stream != (int)stream + 1)
		buf_printf(&t->text, "%d:", (int)stream);
	t->stream = (int)stream + 1;
	buf_add(&t->text, data, len);
	return 0;
}

static void frame(struct buf *to, unsigned char stream, const char *text)
{
	size_t len = strlen(text);
	const unsigned char head[8] = {stream,
				       0,
				       0,
				       0,
				       (unsigned char)(len >> 24),
				       (unsigned char)(len >> 16),
				       (unsigned char)(len >> 8),
				       (unsigned char)len};
	buf_add(to, head, sizeof(head));
	buf_add(to, text, len);
}

/* Cut in two at each byte, and byte by byte: it never matters how the stream comes. */
static void tells(const struct logs *how, const struct buf *in, const char *text, int64_t last_ns, bool whole)
{
	for (size_t cut = 0; cut <= in->len + 1; cut++) {
		struct told t = {.stream = 0};
		struct logs l = *how;
		l.write = write_told;
		l.arg = &t;
		size_t step = cut <= in->len ? in->len : 1;
		if (cut > 0 && cut <= in->len)
			assert_int_equal(logs_feed(&l, in->data, cut), 0);
		for (size_t at = cut <= in->len ? cut : 0; at < in->len; at += step)
			assert_int_equal(logs_feed(&l, in->data + at, step < in->len - at ? step : in->len - at), 0);
		assert_int_equal(logs_is_whole(&l), whole);
		assert_int_equal(logs_end(&l), 0);
		assert_string_equal(t.text.len ? buf_text(&t.text) : "", text);
		assert_true(l.last_ns == last_ns);
		buf_done(&t.text);
	}
}

static void frames_go_where_they_belong(void **state)
{
	(void)state;
	cleanup_buf struct buf in = {0};
	tells(&(struct logs){.tty = false}, &in, "", 0, true);
	frame(&in, 1, "out\n");
	frame(&in, 1, "");
	frame(&in, 2, "err\n");
	frame(&in, 1, "2026 is a year\n");
	frame(&in, 1, T1 " is a time\n");
	tells(&(struct logs){.tty = false}, &in, "0:out\n1:err\n0:2026 is a year\n" T1 " is a time\n", 0, true);
}

static void timestamps_are_taken_off_and_remembered(void **state)
{
	(void)state;
	cleanup_buf struct buf in = {0};
	frame(&in, 1, T1 " out\n");
	frame(&in, 2, T2 " " T1 " err\n");
	frame(&in, 1, T1 " \n");
	tells(&(struct logs){.timestamps = true, .strip = true}, &in, "0:out\n1:" T1 " err\n0:\n", T2_NS, true);
	tells(&(struct logs){.timestamps = true}, &in, "0:" T1 " out\n1:" T2 " " T1 " err\n0:" T1 " \n", T2_NS, true);
}

static void what_is_no_timestamp_stays(void **state)
{
	(void)state;
	cleanup_buf struct buf in = {0};
	frame(&in, 1, "2026-11-22 out\n");
	frame(&in, 1, "\n");
	frame(&in, 1, " blank\n");
	frame(&in, 1, T1 "\n");
	frame(&in, 1, T1 "x out\n");
	frame(&in, 1, T1);
	frame(&in, 1, "\n");
	frame(&in, 1, "a-word-that-is-longer-than-any-time-could-be and more\n");
	tells(&(struct logs){.timestamps = true, .strip = true}, &in,
	      "0:2026-11-22 out\n\n blank\n" T1 "\n" T1 "x out\n" T1 "\n"
	      "a-word-that-is-longer-than-any-time-could-be and more\n",
	      0, true);
}

static void the_pieces_of_a_line_are_put_together(void **state)
{
	(void)state;
	cleanup_buf struct buf in = {0};
	frame(&in, 1, T1 " one ");
	frame(&in, 2, T1 " err\n");
	frame(&in, 1, T1 " line\n");
	frame(&in, 1, T2 " two\n");
	tells(&(struct logs){.timestamps = true}, &in, "0:" T1 " one 1:" T1 " err\n0:line\n" T2 " two\n", T2_NS, true);
}

static void lines_that_came_before_are_left_out(void **state)
{
	(void)state;
	cleanup_buf struct buf in = {0};
	frame(&in, 1, T2 " 1\n");
	frame(&in, 2, T2 " 2\n");
	frame(&in, 1, T2 " 3\n");
	frame(&in, 1, T2 " 4\n");
	tells(&(struct logs){.timestamps = true, .strip = true, .skip_ns = T2_NS, .skip = 2}, &in, "0:3\n4\n", T2_NS,
	      true);
	tells(&(struct logs){.timestamps = true, .strip = true, .skip_ns = T1_NS, .skip = 2}, &in, "0:1\n1:2\n0:3\n4\n",
	      T2_NS, true);
	struct told t = {.stream = 0};
	struct logs l = {.timestamps = true, .skip_ns = T2_NS, .skip = 9, .write = write_told, .arg = &t};
	assert_int_equal(logs_feed(&l, in.data, in.len), 0);
	assert_int_equal(t.text.len, 0);
	assert_int_equal(l.last_count, 4);
	assert_int_equal(l.skip, 5);
}

static void a_terminal_has_lines_but_no_frames(void **state)
{
	(void)state;
	cleanup_buf struct buf in = {0};
	buf_puts(&in, T1 " one\r\n" T2 " " T1 " two\r\n" T2 " \n$ prompt");
	struct logs plain = {.tty = true}, strip = {.tty = true, .timestamps = true, .strip = true};
	tells(&plain, &in, "0:" T1 " one\r\n" T2 " " T1 " two\r\n" T2 " \n$ prompt", 0, true);
	tells(&strip, &in, "0:one\r\n" T1 " two\r\n\n$ prompt", T2_NS, true);
	buf_puts(&in, "\n" T1);
	tells(&strip, &in, "0:one\r\n" T1 " two\r\n\n$ prompt\n" T1, T2_NS, true);
}

static void a_stream_that_breaks_off_is_not_whole(void **state)
{
	(void)state;
	cleanup_buf struct buf in = {0}, some = {0};
	frame(&in, 1, T1 " out\n");
	for (size_t len = 1; len < in.len; len++) {
		some.len = 0;
		buf_add(&some, in.data, len);
		struct told t = {.stream = 0};
		struct logs l = {.write = write_told, .arg = &t};
		assert_int_equal(logs_feed(&l, some.data, some.len), 0);
		assert_false(logs_is_whole(&l));
		buf_done(&t.text);
	}
}

static void a_header_that_is_none_ends_it(void **state)
{
	(void)state;
	static const unsigned char wrong[][8] = {
		{0, 0, 0, 0, 0, 0, 0, 1}, {3, 0, 0, 0, 0, 0, 0, 1},   {1, 1, 0, 0, 0, 0, 0, 1},
		{1, 0, 1, 0, 0, 0, 0, 1}, {2, 0, 0, 255, 0, 0, 0, 1}, {'{', '"', 'm', 'e', 's', 's', 'a', 'g'},
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct told t = {.stream = 0};
		struct logs l = {.write = write_told, .arg = &t};
		cleanup_buf struct buf in = {0};
		frame(&in, 1, "before\n");
		buf_add(&in, wrong[i], 8);
		buf_puts(&in, "behind");
		assert_int_equal(logs_feed(&l, in.data, in.len), -EBADMSG);
		assert_string_equal(buf_text(&t.text), "0:before\n");
		assert_true(l.bad && !logs_is_whole(&l));
		assert_int_equal(logs_feed(&l, "x", 1), -EBADMSG);
		buf_done(&t.text);
	}
}

static void frames_may_be_as_long_as_they_can(void **state)
{
	(void)state;
	static const unsigned char head[8] = {1, 0, 0, 0, 255, 255, 255, 255};
	char piece[10000];
	struct told t = {.stream = 0};
	struct logs l = {.timestamps = true, .strip = true, .write = write_told, .arg = &t};
	memset(piece, 'x', sizeof(piece));
	assert_int_equal(logs_feed(&l, head, sizeof(head)), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(logs_feed(&l, piece, sizeof(piece)), 0);
	assert_int_equal(t.text.len, 2 + 100 * sizeof(piece));
	assert_false(logs_is_whole(&l));
	buf_done(&t.text);
}

static void a_reader_that_is_gone_ends_it(void **state)
{
	(void)state;
	struct told t = {.until = 5};
	struct logs l = {.write = write_told, .arg = &t};
	cleanup_buf struct buf in = {0};
	frame(&in, 1, "a\n");
	frame(&in, 2, "longer\n");
	assert_int_equal(logs_feed(&l, in.data, in.len), -EPIPE);
	assert_string_equal(buf_text(&t.text), "0:a\n");
	buf_done(&t.text);
}

static void times_are_read_as_engines_write_them(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ns;
	} times[] = {
		{"1970-01-01T00:00:00Z", 0},
		{T1, 1795353916123456789},
		{"2026-11-22T14:25:17+01:00", 1795353917000000000},
		{"2026-11-22T07:55:17.5-05:30", 1795353917500000000},
		{"2000-02-29T23:59:59.1234567891Z", 951868799123456789},
		{"2199-12-31T23:59:59Z", 7258118399000000000},
		{"", -1},
		{"2026-11-22T13:25:16", -1},
		{"2026-11-22T13:25:16z", -1},
		{"2026-11-22 13:25:16Z", -1},
		{"2026-11-22T13:25:16.Z", -1},
		{"2026-11-22T13:25:16+0100", -1},
		{"2026-13-22T13:25:16Z", -1},
		{"2026-11-32T13:25:16Z", -1},
		{"2026-11-22T24:25:16Z", -1},
		{"2026-11-22T13:60:16Z", -1},
		{"1969-12-31T23:59:59Z", -1},
		{"1970-01-01T00:00:00+01:00", -1},
		{"2262-12-31T23:59:59Z", -1},
		{"2026-11-22T13:25:16Zx", -1},
		{"+026-11-22T13:25:16Z", -1},
	};
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		if (rfc3339_parse(times[i].text, strlen(times[i].text)) != times[i].ns)
			fail_msg("%s: %lld", times[i].text,
				 (long long)rfc3339_parse(times[i].text, strlen(times[i].text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(frames_go_where_they_belong),
		IT(timestamps_are_taken_off_and_remembered),
		IT(what_is_no_timestamp_stays),
		IT(the_pieces_of_a_line_are_put_together),
		IT(lines_that_came_before_are_left_out),
		IT(a_terminal_has_lines_but_no_frames),
		IT(a_stream_that_breaks_off_is_not_whole),
		IT(a_header_that_is_none_ends_it),
		IT(frames_may_be_as_long_as_they_can),
		IT(a_reader_that_is_gone_ends_it),
		IT(times_are_read_as_engines_write_them),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/audit/cast_read.h"
#include "lib/base/io.h"

#define HEAD "{\"version\": 2, \"width\": 80, \"height\": 24}\n"
#define OWN  "{\"version\": 2, \"width\": 80, \"height\": 24, \"session\": \"aaaaaaaaaaaaaaaaaaaaaaaaaa\"}\n"

static int file_of(const char *text, size_t len)
{
	int fd = memfd_create("cast", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write_full(fd, text, len), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* The one event behind a header; what cast_next() returns for it. */
static int one(const char *head, const char *line, struct cast_event *ret, char text[64])
{
	char all[512];
	snprintf(all, sizeof(all), "%s%s\n", head, line);
	cleanup_fd int fd = file_of(all, strlen(all));
	cleanup_cast struct cast c;
	struct error err = ERROR_INIT;
	assert_int_equal(cast_open(&c, fd, &err), 0);
	int r = cast_next(&c, ret, &err);
	if (r > 0) {
		assert_true(ret->len < 64);
		memcpy(text, ret->text, ret->len + 1);
	}
	return r;
}

static void events_have_a_time_a_kind_and_a_text(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int64_t us;
		char kind;
		const char *text;
	} good[] = {
		{"[0.5, \"o\", \"a\"]", 500000, 'o', "a"},
		{"[1,\"i\",\"\"]", 1000000, 'i', ""},
		{" [ 12.3456789 , \"r\" , \"80x24\" ] \r", 12345678, 'r', "80x24"},
		{"[9.5e-05, \"o\", \"a\"]", 95, 'o', "a"},
		{"[1e-300, \"o\", \"a\"]", 0, 'o', "a"},
		{"[0, \"o\", \"\\u001b[1m\\n\\\\\\\"\\/\\b\\f\\r\\t\"]", 0, 'o', "\033[1m\n\\\"/\b\f\r\t"},
		{"[0, \"o\", \"\\u20ac\\ud83d\\ude00\xc3\xa4\"]", 0, 'o', "\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa4"},
		{"[0, \"o\", \"\\ud83d.\\ude00\"]", 0, 'o', "\xef\xbf\xbd.\xef\xbf\xbd"},
		{"[0, \"o\", \"\\ud83d\\u0041\"]", 0, 'o',
		 "\xef\xbf\xbd"
		 "A"},
		{"[0, \"o\", \"\\uec80\"]", 0, 'o', "\xee\xb2\x80"},
		{"[0, \"m\", \"here\"]", 0, 'm', "here"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct cast_event e;
		char text[64];
		if (one(HEAD, good[i].line, &e, text) != 1)
			fail_msg("%s", good[i].line);
		assert_true(e.us == good[i].us && e.kind == good[i].kind);
		assert_string_equal(text, good[i].text);
	}
}

static void own_recordings_tell_bytes(void **state)
{
	(void)state;
	struct cast_event e;
	char text[64];
	assert_int_equal(one(OWN, "[0, \"o\", \"a\\uecff\\u0000b\"]", &e, text), 1);
	assert_int_equal(e.len, 4);
	assert_memory_equal(text, "a\xff\0b", 5);
}

static void what_is_no_event_is_an_error(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"[]",
		"[0]",
		"[0, \"o\"]",
		"[0, \"oo\", \"a\"]",
		"[0, \"\", \"a\"]",
		"[-1, \"o\", \"a\"]",
		"[.5, \"o\", \"a\"]",
		"[1., \"o\", \"a\"]",
		"[1e5, \"o\", \"a\"]",
		"[99999999999999999999, \"o\", \"a\"]",
		"[0, \"o\", \"a\"",
		"[0, \"o\", \"a\"] x",
		"[0, \"o\", \"a\", 1]",
		"[0, \"o\", \"\\x\"]",
		"[0, \"o\", \"\\u12\"]",
		"[0, \"o\", \"\\u123g\"]",
		"[0, \"o\", \"\xff\"]",
		"[0, \"o\", \"a]",
		"[0, \"o\", \"\\",
		"{\"version\": 2}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct cast_event e;
		char text[64];
		if (one(HEAD, bad[i], &e, text) != -EBADMSG)
			fail_msg("%s", bad[i]);
	}
}

static void a_header_is_demanded(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "x\n",
					  "[0, \"o\", \"a\"]\n",
					  "{\"version\": 1, \"width\": 80, \"height\": 24}\n",
					  "{\"version\": 3, \"width\": 80, \"height\": 24}\n",
					  "{\"version\": 2, \"width\": 70000, \"height\": 24}\n",
					  "{\"version\": 2, \"title\": 7}\n",
					  "{\"version\": 2, \"env\": 7}\n",
					  "{\"version\": 2"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		cleanup_fd int fd = file_of(bad[i], strlen(bad[i]));
		cleanup_cast struct cast c;
		struct error err = ERROR_INIT;
		assert_int_equal(cast_open(&c, fd, &err), -EBADMSG);
	}
}

/* A writer that was killed: everything before the cut is there, and the cut is the end. */
static void a_cut_last_line_is_the_end(void **state)
{
	(void)state;
	static const char text[] = HEAD "[0, \"o\", \"a\"]\n[1, \"o\", \"b\"]\n";
	for (size_t len = sizeof(HEAD) - 1; len < sizeof(text); len++) {
		cleanup_fd int fd = file_of(text, len);
		cleanup_cast struct cast c;
		struct error err = ERROR_INIT;
		struct cast_event e;
		assert_int_equal(cast_open(&c, fd, &err), 0);
		int events = 0, r;
		while ((r = cast_next(&c, &e, &err)) > 0)
			events++;
		assert_int_equal(r, 0);
		assert_int_equal(events, (len >= sizeof(HEAD) + 13) + (len >= sizeof(text) - 1));
	}
}

static void a_file_that_grows_is_followed(void **state)
{
	(void)state;
	cleanup_fd int fd = file_of(HEAD "[0, \"o\"", sizeof(HEAD "[0, \"o\"") - 1);
	cleanup_cast struct cast c;
	struct error err = ERROR_INIT;
	struct cast_event e;
	assert_int_equal(cast_open(&c, fd, &err), 0);
	assert_int_equal(cast_next(&c, &e, &err), 0);
	assert_int_equal(cast_next(&c, &e, &err), 0);
	assert_int_equal(pwrite(fd, ", \"a\"]\n[1", 9, sizeof(HEAD "[0, \"o\"") - 1), 9);
	assert_int_equal(cast_next(&c, &e, &err), 1);
	assert_string_equal(e.text, "a");
	assert_int_equal(cast_next(&c, &e, &err), 0);
}

static void lines_are_bounded(void **state)
{
	(void)state;
	size_t len = sizeof(HEAD) - 1 + CAST_LINE_MAX + 100;
	cleanup_free char *text = malloc(len);
	/* An event that is whole within the bound, and goes on behind it. */
	memset(text, ' ', len);
	memcpy(text, HEAD "[0, \"o\", \"a\"]", sizeof(HEAD) - 1 + 13);
	memcpy(text + len - 2, "x\n", 2);
	cleanup_fd int fd = file_of(text, len);
	cleanup_cast struct cast c;
	struct error err = ERROR_INIT;
	struct cast_event e;
	assert_int_equal(cast_open(&c, fd, &err), 0);
	assert_int_equal(cast_next(&c, &e, &err), -EBADMSG);
}

static void sizes_are_read_strictly(void **state)
{
	(void)state;
	struct cast_event e = {.kind = 'r', .text = "132x43", .len = 6};
	uint16_t rows, cols;
	assert_int_equal(cast_size(&e, &rows, &cols), 0);
	assert_true(rows == 43 && cols == 132);
	static const char *const bad[] = {"",	  "x",	  "80",	      "80x",  "x24",	       "80x24 ",
					  "0x24", "80x0", "80x65536", "-1x5", "100000000000x1"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		e.text = bad[i];
		e.len = strlen(bad[i]);
		assert_int_equal(cast_size(&e, &rows, &cols), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(events_have_a_time_a_kind_and_a_text),
		IT(own_recordings_tell_bytes),
		IT(what_is_no_event_is_an_error),
		IT(a_header_is_demanded),
		IT(a_cut_last_line_is_the_end),
		IT(a_file_that_grows_is_followed),
		IT(lines_are_bounded),
		IT(sizes_are_read_strictly),
	};
	return RUN(tests);
}

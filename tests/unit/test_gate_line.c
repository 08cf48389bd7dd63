/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/gate/line.h"

/* "a|b c|" for the words "a", "b c", "". */
static const char *words(const struct line *l, struct buf *b)
{
	buf_done(b);
	for (size_t i = 0; i < l->count; i++)
		buf_printf(b, "%s|", l->words[i]);
	return buf_text(b);
}

static void whole(const char *text, const char *expected)
{
	cleanup_line struct line l = {0};
	cleanup_buf struct buf b = {0};
	assert_int_equal(line_split(text, &l, NULL), 0);
	assert_string_equal(words(&l, &b), expected);
	assert_int_equal(l.stop, LINE_WHOLE);
	assert_null(l.words[l.count]);
}

static void stops(const char *text, const char *expected, enum line_stop stop, size_t at)
{
	cleanup_line struct line l = {0};
	cleanup_buf struct buf b = {0};
	assert_int_equal(line_split(text, &l, NULL), 0);
	assert_string_equal(words(&l, &b), expected);
	assert_int_equal(l.stop, stop);
	assert_int_equal(l.stop_at, at);
}

static void blanks_separate(void **state)
{
	(void)state;
	whole("", "");
	whole(" \t ", "");
	whole("a", "a|");
	whole("  a\tb  c ", "a|b|c|");
}

static void quotes_join_and_make_empty_words(void **state)
{
	(void)state;
	whole("'a b' \"c d\" e\\ f", "a b|c d|e f|");
	whole("'' \"\" ''\"\"", "|||");
	whole("a'b'\"c\"d", "abcd|");
	whole("'a\"b' \"a'b\" 'a\\' \"a\\b\"", "a\"b|a'b|a\\|a\\b|");
	whole("\"\\$\\`\\\"\\\\\"", "$`\"\\|");
	whole("\\$\\;\\|\\&\\(\\)\\<\\>\\`\\'\\\"", "$;|&()<>`'\"|");
	whole("';|&$()<>`\n' \";|&()<>\n\"", ";|&$()<>`\n|;|&()<>\n|");
}

static void a_backslash_at_a_line_end_joins(void **state)
{
	(void)state;
	whole("a\\\nb", "ab|");
	whole("a \\\n b", "a|b|");
	whole("\"a\\\nb\"", "ab|");
	whole("'a\\\nb'", "a\\\nb|");
}

static void nothing_is_expanded(void **state)
{
	(void)state;
	whole("* ? [a-z] ~ ~root A=1 # {a,b} ! %", "*|?|[a-z]|~|~root|A=1|#|{a,b}|!|%|");
	whole("\xc3\xa9 \xff", "\xc3\xa9|\xff|");
}

static void what_a_shell_would_read_stops_it(void **state)
{
	(void)state;
	for (const char *c = ";|&$()<>`\n"; *c; c++) {
		char text[16];
		snprintf(text, sizeof(text), "a b %c c", *c);
		stops(text, "a|b|", LINE_SHELL, 4);
		/* The word that it touches is not whole. */
		snprintf(text, sizeof(text), "a b%cc", *c);
		stops(text, "a|", LINE_SHELL, 3);
		snprintf(text, sizeof(text), "%c", *c);
		stops(text, "", LINE_SHELL, 0);
	}
	stops("a \"b$c\"", "a|", LINE_SHELL, 4);
	stops("a \"b`c`\"", "a|", LINE_SHELL, 4);
}

static void a_quote_without_end_stops_it(void **state)
{
	(void)state;
	stops("a 'b", "a|", LINE_QUOTE, 2);
	stops("a \"b", "a|", LINE_QUOTE, 2);
	stops("a b\\", "a|", LINE_QUOTE, 3);
	stops("a \"b\\", "a|", LINE_QUOTE, 2);
	stops("a \"b\\\"", "a|", LINE_QUOTE, 2);
}

static void control_bytes_are_refused_even_in_quotes(void **state)
{
	(void)state;
	for (int c = 1; c < 0x80; c++) {
		struct error err;
		cleanup_line struct line l = {0};
		char text[] = "a '?' b";
		text[3] = (char)c;
		bool control = (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
		int r = line_split(text, &l, &err);
		assert_int_equal(r, control ? -EINVAL : 0);
		if (r < 0)
			assert_non_null(strstr(err.text, "control byte"));
	}
}

static void a_line_has_an_end(void **state)
{
	(void)state;
	static char text[GATE_LINE_MAX + 2];
	cleanup_line struct line l = {0}, m = {0};
	memset(text, 'a', GATE_LINE_MAX);
	assert_int_equal(line_split(text, &l, NULL), 0);
	text[GATE_LINE_MAX] = 'a';
	assert_int_equal(line_split(text, &m, NULL), -E2BIG);
	/* As many words as there can be. */
	for (size_t i = 1; i < GATE_LINE_MAX; i += 2)
		text[i] = ' ';
	text[GATE_LINE_MAX] = '\0';
	assert_int_equal(line_split(text, &m, NULL), 0);
	assert_int_equal(m.count, GATE_LINE_MAX / 2);
}

static void the_rest_is_untouched(void **state)
{
	(void)state;
	cleanup_line struct line l = {0}, m = {0};
	const char *text = "  'web'  echo  \"a  b\" | cat ";
	assert_int_equal(line_split(text, &l, NULL), 0);
	assert_string_equal(line_rest(&l, text, 0), "'web'  echo  \"a  b\" | cat ");
	assert_string_equal(line_rest(&l, text, 1), "echo  \"a  b\" | cat ");
	assert_string_equal(line_rest(&l, text, 3), "| cat ");
	assert_int_equal(line_split("a", &m, NULL), 0);
	assert_string_equal(line_rest(&m, "a", 1), "");
}

static void the_hint_names_what_stopped_it(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"a | b", "the | in"}, {"a\nb", "several lines"}, {"a 'b", "the quote"}, {"a\\", "the backslash"}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char room[256];
		cleanup_line struct line l = {0};
		assert_int_equal(line_split(cases[i][0], &l, NULL), 0);
		line_hint(&l, cases[i][0], room, sizeof(room));
		assert_non_null(strstr(room, cases[i][1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(blanks_separate),
		IT(quotes_join_and_make_empty_words),
		IT(a_backslash_at_a_line_end_joins),
		IT(nothing_is_expanded),
		IT(what_a_shell_would_read_stops_it),
		IT(a_quote_without_end_stops_it),
		IT(control_bytes_are_refused_even_in_quotes),
		IT(a_line_has_an_end),
		IT(the_rest_is_untouched),
		IT(the_hint_names_what_stopped_it),
	};
	return RUN(tests);
}

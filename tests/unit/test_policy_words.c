/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/policy/words.h"

/* The words of a line, joined by "|", behind their number. */
static const char *split(const char *text, unsigned flags)
{
	static char joined[512];
	cleanup_words struct words w = {0};
	long used = words_split(&w, text, strlen(text), flags);
	if (used < 0) {
		snprintf(joined, sizeof(joined), "%zu:%zu: %s", w.lines, w.column, w.wrong ? w.wrong : "?");
		return joined;
	}
	size_t at = (size_t)snprintf(joined, sizeof(joined), "%zu", w.count);
	for (size_t i = 0; i < w.count; i++)
		at += (size_t)snprintf(joined + at, sizeof(joined) - at, "|%s", words_at(&w, i));
	return joined;
}

#define LINES	     (WORDS_COMMENTS | WORDS_LINES)
#define SPLITS(a, b) assert_string_equal(split(a, LINES), b)

static void words_end_at_blanks(void **state)
{
	(void)state;
	SPLITS("", "0");
	SPLITS(" \t ", "0");
	SPLITS("a", "1|a");
	SPLITS(" a\t b ", "2|a|b");
	SPLITS("a\nb", "1|a");
	SPLITS("\na", "0");
	SPLITS("\xc3\xa4 \xe2\x82\xac", "2|\xc3\xa4|\xe2\x82\xac");
}

static void quotes_group_as_in_a_shell(void **state)
{
	(void)state;
	SPLITS("'a b' \"c d\"", "2|a b|c d");
	SPLITS("a'b'\"c\"d", "1|abcd");
	SPLITS("'' \"\"", "2||");
	SPLITS("'\\' '\"'", "2|\\|\"");
	SPLITS("\"\\\"\\\\\\$\\`\\a'\"", "1|\"\\$`\\a'");
	SPLITS("a\\ b \\\\ \\' \\# \\a", "5|a b|\\|'|#|a");
}

static void nothing_is_expanded(void **state)
{
	(void)state;
	SPLITS("$HOME `id` ~ * a;b {a,b} $(x)", "7|$HOME|`id`|~|*|a;b|{a,b}|$(x)");
}

static void comments_begin_where_words_do(void **state)
{
	(void)state;
	SPLITS("a # b 'c", "1|a");
	SPLITS("#a", "0");
	SPLITS("a#b", "1|a#b");
	SPLITS("''#b", "1|#b");
	assert_string_equal(split("a #b", WORDS_LINES), "2|a|#b");
	/* A backslash at the end of a comment joins nothing. */
	cleanup_words struct words w = {0};
	assert_int_equal(words_split(&w, "# a \\\nb", 7, LINES), 6);
}

static void a_backslash_joins_lines(void **state)
{
	(void)state;
	SPLITS("a \\\n b", "2|a|b");
	SPLITS("a\\\nb", "1|ab");
	SPLITS("\"a\\\nb\"", "1|ab");
	SPLITS("a \\\n", "1|a");
	SPLITS("\\\n\\\na", "1|a");
	cleanup_words struct words w = {0};
	assert_int_equal(words_split(&w, "a \\\n b\nc", 8, LINES), 7);
	assert_int_equal(w.lines, 2);
}

static void what_cannot_be_seen_is_refused_where_it_is(void **state)
{
	(void)state;
	SPLITS("ab 'c", "0:4: a quote that is not closed on its line");
	SPLITS("\"a\nb\"", "0:1: a quote that is not closed on its line");
	SPLITS("'a\\\nb'", "0:1: a quote that is not closed on its line");
	SPLITS("x \\\n \"a\\\nb", "1:2: a quote that is not closed on its line");
	SPLITS("a\\", "0:3: a backslash with nothing behind it");
	SPLITS("a\r\n", "0:2: a carriage return (lines end with a line feed alone)");
	SPLITS("a\x01", "0:2: a control character");
	SPLITS("# \x1b[2J", "0:3: a control character");
	SPLITS("'a\tb'", "0:3: a control character");
	SPLITS("\xc2\x9b", "0:1: a control character");
	SPLITS("\x7f", "0:1: a control character");
	SPLITS("ab\xff", "0:3: a byte that is not UTF-8");
	SPLITS("\xc0\xaf", "0:1: a byte that is not UTF-8");
	SPLITS("# \xe2\x80\xae", "0:3: a character that turns the direction of writing, or is not seen");
	SPLITS("ro\xe2\x80\x8bot", "0:3: a character that turns the direction of writing, or is not seen");
	SPLITS("a\xc2\xa0to", "0:2: a character that turns the direction of writing, or is not seen");
	assert_string_equal(split("a\nb", 0), "0:2: a control character");
	cleanup_words struct words w = {0};
	assert_int_equal(words_split(&w, "a\0b", 3, LINES), -EINVAL);
	assert_int_equal(w.column, 2);
	assert_int_equal(words_split(&w, "\"\\\0\"", 4, LINES), -EINVAL);
}

static void a_line_has_limits(void **state)
{
	(void)state;
	cleanup_words struct words w = {0};
	cleanup_free char *many = malloc(2 * WORDS_BYTES_MAX);
	memset(many, 'a', 2 * WORDS_BYTES_MAX);
	assert_int_equal(words_split(&w, many, WORDS_BYTES_MAX, LINES), WORDS_BYTES_MAX);
	assert_int_equal(words_split(&w, many, WORDS_BYTES_MAX + 1, LINES), -E2BIG);
	assert_non_null(w.wrong);
	for (size_t i = 1; i < 2 * WORDS_BYTES_MAX; i += 2)
		many[i] = ' ';
	assert_int_equal(words_split(&w, many, 2 * WORDS_MAX, LINES), 2 * WORDS_MAX);
	assert_int_equal(words_split(&w, many, 2 * WORDS_MAX + 1, LINES), -E2BIG);
}

static void every_beginning_of_a_line_is_safe(void **state)
{
	(void)state;
	static const char line[] = "allow 'a b' \"c\\\"\\\n d\" \\\\x # \xc3\xa4 'y\nz";
	cleanup_words struct words w = {0};
	for (size_t len = 0; len < sizeof(line); len++) {
		cleanup_free char *exact = malloc(len + 1);
		memcpy(exact, line, len);
		char *end = realloc(exact, len ? len : 1);
		exact = end;
		long used = words_split(&w, exact, len, LINES);
		assert_true(used >= -EINVAL && used <= (long)len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(words_end_at_blanks),     IT(quotes_group_as_in_a_shell),
		IT(nothing_is_expanded),     IT(comments_begin_where_words_do),
		IT(a_backslash_joins_lines), IT(what_cannot_be_seen_is_refused_where_it_is),
		IT(a_line_has_limits),	     IT(every_beginning_of_a_line_is_safe),
	};
	return RUN(tests);
}

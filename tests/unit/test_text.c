/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/io.h"
#include "lib/base/text.h"

static void numbers_are_digits_only_and_bounded(void **state)
{
	(void)state;
	uint64_t n = 7;
	assert_int_equal(parse_u64("0", 10, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(parse_u64("18446744073709551615", UINT64_MAX, &n), 0);
	assert_true(n == UINT64_MAX);
	assert_int_equal(parse_u64("18446744073709551616", UINT64_MAX, &n), -ERANGE);
	assert_int_equal(parse_u64("11", 10, &n), -ERANGE);
	static const char *const wrong[] = {"", "+1", "-1", " 1", "1 ", "0x1", "1e1", "1.0", "one"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(parse_u64(wrong[i], 10, &n), -EINVAL);
	assert_true(n == UINT64_MAX);
}

static void durations_have_units_and_fractions(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"1", 1000},     {"1.5", 1500},    {"250ms", 250}, {"2m", 120000},
		    {"1h", 3600000}, {"1d", 86400000}, {"0.001s", 1},  {"3650d", (int64_t)3650 * 86400000}};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		int64_t ms = -1;
		assert_int_equal(parse_duration(good[i].text, &ms), 0);
		assert_true(ms == good[i].ms);
	}
	static const char *const wrong[] = {
		"", "s", "-1", "1 s", "1.", "1.0001", "1w", "1ss", ".5", "3651d", "99999999999999999999"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		int64_t ms = -1;
		assert_true(parse_duration(wrong[i], &ms) < 0);
		assert_true(ms == -1);
	}
}

static void container_words_cannot_change_a_url(void **state)
{
	(void)state;
	assert_true(is_container_word("web"));
	assert_true(is_container_word("a_b.c-d"));
	assert_true(is_container_word("0"));
	static const char *const wrong[] = {"",	  "/db", "a/b", "%76ictim", "a b", ".",	      "..",
					    "-a", "_a",	 "a?b", "a#b",	    "a\n", "\xc3\xa4"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(is_container_word(wrong[i]));
	char longest[257];
	memset(longest, 'a', 256);
	longest[256] = '\0';
	assert_false(is_container_word(longest));
	longest[255] = '\0';
	assert_true(is_container_word(longest));
}

static void image_words_cannot_change_a_url(void **state)
{
	(void)state;
	static const char *const right[] = {"web", "web:1.2-x_y", "registry.example:5000/a/b@sha256:00",
					    "0",   "A/b",	  "sha256:4ca37bd0"};
	static const char *const wrong[] = {"",	   "/a",  "-a",	 ".a",	"_a",	"a/../b", "a..b", "a//b",
					    "a b", "a?b", "a#b", "a%b", "a\nb", "a\\b",	  "a&b",  "\xc3\xa4"};
	for (size_t i = 0; i < ARRAY_SIZE(right); i++)
		assert_true(is_image_word(right[i]));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(is_image_word(wrong[i]));
	char longest[257];
	memset(longest, 'a', 256);
	longest[256] = '\0';
	assert_false(is_image_word(longest));
	longest[255] = '\0';
	assert_true(is_image_word(longest));
}

static void ids_are_64_lower_case_hexadecimal_digits(void **state)
{
	(void)state;
	char id[66];
	memset(id, 'a', 65);
	id[64] = '\0';
	assert_true(is_container_id(id));
	id[10] = 'A';
	assert_false(is_container_id(id));
	id[10] = 'g';
	assert_false(is_container_id(id));
	id[10] = 'a';
	id[64] = 'a';
	id[65] = '\0';
	assert_false(is_container_id(id));
	id[63] = '\0';
	assert_false(is_container_id(id));
}

static void term_names_are_short_and_plain(void **state)
{
	(void)state;
	assert_true(is_term_name("xterm-256color"));
	assert_false(is_term_name(""));
	assert_false(is_term_name("x/../y"));
	assert_false(is_term_name("a\033[0m"));
	assert_false(is_term_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void assert_escaped(const char *from, size_t len, const char *to)
{
	char out[256];
	text_escape(out, sizeof(out), from, len);
	assert_string_equal(out, to);
}

static void escaping_leaves_what_shows_as_it_is(void **state)
{
	(void)state;
	assert_escaped("plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 15, "plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
}

static void escaping_shows_control_bytes_and_broken_utf8(void **state)
{
	(void)state;
	assert_escaped("\033[2J", 4, "\\x1b[2J");
	assert_escaped("a\0b\n\x7f", 5, "a\\x00b\\x0a\\x7f");
	assert_escaped("\xc2\x9b", 2, "\\xc2\\x9b"); /* C1: the 8-bit escape */
	assert_escaped("a\xe2\x80\xae"
		       "b",
		       5,
		       "a\\xe2\\x80\\xae"
		       "b");					       /* what follows is shown backwards */
	assert_escaped("\xe2\x80\xa8", 3, "\\xe2\\x80\\xa8");	       /* a line's end */
	assert_escaped("\xf3\xa0\x81\x81", 4, "\\xf3\\xa0\\x81\\x81"); /* a tag */
	assert_escaped("\xc0\x80", 2, "\\xc0\\x80");		       /* overlong */
	assert_escaped("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");	       /* surrogate */
	assert_escaped("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
	assert_escaped("\xe2\x82", 2, "\\xe2\\x82");		       /* cut off */
	assert_escaped("\\x41", 4, "\\\\x41");
}

static void escaping_cuts_at_a_whole_escape(void **state)
{
	(void)state;
	char out[8];
	text_escape(out, sizeof(out), "\001\002\003", 3);
	assert_string_equal(out, "\\x01");
	text_escape(out, 1, "abc", 3);
	assert_string_equal(out, "");
}

static void vectors_grow_and_are_searched(void **state)
{
	(void)state;
	cleanup_strv char **v = NULL;
	assert_int_equal(strv_len(v), 0);
	assert_int_equal(strv_add(&v, "a"), 0);
	assert_int_equal(strv_add(&v, "b"), 0);
	assert_int_equal(strv_len(v), 2);
	assert_true(strv_has(v, "b"));
	assert_false(strv_has(v, "c"));
	cleanup_strv char **copy = strv_copy(v);
	assert_string_equal(copy[1], "b");
	assert_ptr_not_equal(copy[1], v[1]);
	cleanup_strv char **empty = strv_copy(NULL);
	assert_non_null(empty);
	assert_int_equal(strv_add_all(&empty, v), 0);
	assert_int_equal(strv_add_all(&empty, NULL), 0);
	assert_int_equal(strv_add_all(&empty, copy), 0);
	assert_int_equal(strv_len(empty), 4);
	assert_string_equal(empty[1], "b");
	assert_string_equal(empty[2], "a");
	assert_ptr_not_equal(empty[2], copy[0]);
}

static void environment_entries_are_replaced_in_place(void **state)
{
	(void)state;
	cleanup_strv char **v = NULL;
	strv_add(&v, "A=1");
	strv_add(&v, "AB=2");
	strv_add(&v, "A=3");
	assert_string_equal(env_get(v, "A"), "1");
	assert_int_equal(env_put(&v, "A=4"), 0);
	assert_int_equal(strv_len(v), 2);
	assert_string_equal(env_get(v, "A"), "4");
	assert_string_equal(env_get(v, "AB"), "2");
	assert_int_equal(env_put(&v, "C="), 0);
	assert_string_equal(env_get(v, "C"), "");
	env_drop(v, "AB");
	assert_null(env_get(v, "AB"));
	assert_null(env_get(v, "B"));
}

/* A few names, so that they meet; one is the beginning of another. */
static char **random_entries(unsigned *seed)
{
	static const char *const names[] = {"A", "AB", "B", "", "A-"};
	char **v = calloc(1, sizeof(*v));
	for (int n = rand_r(seed) % 8; n > 0; n--) {
		char entry[16];
		snprintf(entry, sizeof(entry), "%s=%d", names[rand_r(seed) % (int)ARRAY_SIZE(names)], n);
		assert_int_equal(strv_add(&v, entry), 0);
	}
	return v;
}

static void entries_put_at_once_are_as_one_after_the_other(void **state)
{
	(void)state;
	unsigned seed = 1;
	for (int i = 0; i < 2000; i++) {
		cleanup_strv char **one = random_entries(&seed);
		cleanup_strv char **all = strv_copy(one), **more = random_entries(&seed);
		for (char **e = more; *e; e++)
			assert_int_equal(env_put(&one, *e), 0);
		assert_int_equal(env_put_all(&all, more), 0);
		assert_int_equal(strv_len(all), strv_len(one));
		for (size_t at = 0; one[at]; at++)
			assert_string_equal(all[at], one[at]);
	}
	cleanup_strv char **none = NULL;
	assert_int_equal(env_put_all(&none, NULL), 0);
	assert_int_equal(strv_len(none), 0);
}

static void any_number_of_entries_is_put_in_no_time(void **state)
{
	(void)state;
	enum { MANY = 1 << 17 };
	cleanup_strv char **many = calloc(MANY + 1, sizeof(*many)), **v = NULL;
	for (int i = 0; i < MANY; i++)
		assert_true(asprintf(&many[i], "N%d=", i) > 0);
	int64_t from = now_ms();
	assert_int_equal(env_put_all(&v, many), 0);
	assert_int_equal(strv_add_all(&v, many), 0);
	assert_true(now_ms() - from < 5000);
	assert_int_equal(strv_len(v), 2 * MANY);
	assert_string_equal(v[MANY - 1], many[MANY - 1]);
}

static void prefixes_give_what_follows(void **state)
{
	(void)state;
	assert_string_equal(str_after("pid:7", "pid:"), "7");
	assert_null(str_after("pi", "pid:"));
	assert_true(str_starts("abc", ""));
	assert_false(str_eq(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(numbers_are_digits_only_and_bounded),
		IT(durations_have_units_and_fractions),
		IT(container_words_cannot_change_a_url),
		IT(image_words_cannot_change_a_url),
		IT(ids_are_64_lower_case_hexadecimal_digits),
		IT(term_names_are_short_and_plain),
		IT(escaping_leaves_what_shows_as_it_is),
		IT(escaping_shows_control_bytes_and_broken_utf8),
		IT(escaping_cuts_at_a_whole_escape),
		IT(vectors_grow_and_are_searched),
		IT(environment_entries_are_replaced_in_place),
		IT(prefixes_give_what_follows),
		IT(entries_put_at_once_are_as_one_after_the_other),
		IT(any_number_of_entries_is_put_in_no_time),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/session/detach.h"

/* Feeds text in pieces of `step` bytes and returns what comes out. */
static const char *feed(struct detach *d, const char *text, size_t step)
{
	static char out[256];
	size_t used = 0;
	for (size_t at = 0; at < strlen(text); at += step) {
		char buf[128];
		size_t len = strlen(text) - at < step ? strlen(text) - at : step;
		memcpy(buf, text + at, len);
		size_t n = detach_filter(d, buf, len, sizeof(buf));
		memcpy(out + used, buf, n);
		used += n;
	}
	out[used] = '\0';
	return out;
}

static struct detach keys(const char *sequence)
{
	struct detach d = {.len = strlen(sequence)};
	memcpy(d.keys, sequence, d.len);
	return d;
}

static void without_keys_everything_passes(void **state)
{
	(void)state;
	struct detach d = keys("");
	assert_string_equal(feed(&d, "\x10\x11 hello", 3), "\x10\x11 hello");
	assert_false(d.found);
}

static void finds_the_sequence_however_it_is_cut(void **state)
{
	(void)state;
	for (size_t step = 1; step < 10; step++) {
		struct detach d = keys("\x10\x11");
		assert_string_equal(feed(&d,
					 "ab\x10\x11"
					 "cd",
					 step),
				    "ab");
		assert_true(d.found);
	}
}

static void passes_on_what_only_looks_like_it(void **state)
{
	(void)state;
	for (size_t step = 1; step < 10; step++) {
		struct detach d = keys("\x10\x11");
		assert_string_equal(feed(&d,
					 "a\x10"
					 "b\x11\x10\x10z",
					 step),
				    "a\x10"
				    "b\x11\x10\x10z");
		assert_false(d.found);
	}
}

static void finds_a_sequence_that_begins_inside_itself(void **state)
{
	(void)state;
	for (size_t step = 1; step < 10; step++) {
		struct detach d = keys("aab");
		assert_string_equal(feed(&d, "aaaab", step), "aa");
		assert_true(d.found);
		d = keys("abac");
		assert_string_equal(feed(&d, "ababac", step), "ab");
		assert_true(d.found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(without_keys_everything_passes), IT(finds_the_sequence_however_it_is_cut),
					   IT(passes_on_what_only_looks_like_it),
					   IT(finds_a_sequence_that_begins_inside_itself)};
	return RUN(tests);
}

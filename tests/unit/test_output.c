/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/client/cell.h"
#include "lib/client/output.h"
#include "lib/client/table.h"

static const char *draw(struct buf *b, const char *text, unsigned rows, unsigned columns)
{
	buf_done(b);
	output_draw(text, rows, columns, b);
	return buf_text(b);
}

static void a_screen_is_drawn_over_the_last_one(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	assert_string_equal(draw(&b, "ab\nc\n", 24, 80), "\033[Hab\033[K\nc\033[K\n\033[J");
	assert_string_equal(draw(&b, "", 24, 80), "\033[H\033[J");
}

static void what_has_no_room_is_cut(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	/* The last row stays free. */
	assert_string_equal(draw(&b, "a\nb\nc\n", 3, 80), "\033[Ha\033[K\nb\033[K\n\033[J");
	assert_string_equal(draw(&b, "abcd\n", 9, 3), "\033[Habc\033[K\n\033[J");
	/* Styles take no column, and are switched off behind the cut. */
	assert_string_equal(draw(&b, "\033[1mabcd\033[0m\n", 9, 2), "\033[H\033[1mab\033[0m\033[K\n\033[J");
	/* A wide character that has only half of its room is left out. */
	assert_string_equal(draw(&b, "a\xe6\x97\xa5\n", 9, 2), "\033[Ha\033[K\n\033[J");
	assert_string_equal(draw(&b, "a\xe6\x97\xa5\n", 9, 3), "\033[Ha\xe6\x97\xa5\033[K\n\033[J");
}

static void columns_are_those_of_a_terminal(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t columns;
	} cases[] = {{"abc", 3},
		     {"\xc3\xa9", 1},
		     {"e\xcc\x81", 1},		      /* e, and an accent that stands on it */
		     {"\xe6\x97\xa5\xe6\x9c\xac", 4}, /* Japan */
		     {"\xf0\x9f\x90\xb3", 2},	      /* a whale */
		     {"\x1b", 4},		      /* is shown as four characters */
		     {"", 0}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_buf struct buf b = {0};
		assert_int_equal(cell_put(&b, cases[i].text), cases[i].columns);
	}
}

static void tables_keep_their_columns(void **state)
{
	(void)state;
	static const char *const names[] = {"A", "B", "C", NULL};
	cleanup_buf struct buf b = {0}, coloured = {0};
	cleanup_table struct table t = {.names = names};
	table_add(&t, "\xe6\x97\xa5");
	table_add_styled(&t, "x", STYLE_GOOD);
	table_add_styled(&t, "", STYLE_BAD);
	table_add(&t, NULL);
	table_add(&t, "\x1b[2J");
	table_add(&t, "z");
	assert_int_equal(table_print(&t, &b), 0);
	assert_string_equal(buf_text(&b), "A   B        C\n\xe6\x97\xa5  x\n-   \\x1b[2J  z\n");
	t.colour = true;
	assert_int_equal(table_print(&t, &coloured), 0);
	assert_string_equal(buf_text(&coloured), "\033[1mA\033[0m   \033[1mB\033[0m        \033[1mC\033[0m\n"
						 "\xe6\x97\xa5  \033[32mx\033[0m\n-   \\x1b[2J  z\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(a_screen_is_drawn_over_the_last_one), IT(what_has_no_room_is_cut),
					   IT(columns_are_those_of_a_terminal), IT(tables_keep_their_columns)};
	return RUN(tests);
}

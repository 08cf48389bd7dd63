/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/audit/screen.h"

/* What is left of text when it comes in pieces of `step` bytes. */
static char *filtered(const char *text, size_t len, size_t step)
{
	struct screen s = {0};
	struct buf out = {0};
	for (size_t at = 0; at < len; at += step)
		screen_filter(&s, text + at, len - at < step ? len - at : step, &out);
	buf_add(&out, "", 1);
	assert_false(out.failed);
	return out.data;
}

/* Whole and in pieces of any size, so that no cut lets anything slip. */
static void assert_shows(const char *text, const char *expected)
{
	size_t len = strlen(text);
	for (size_t step = 1; step <= len; step++) {
		cleanup_free char *out = filtered(text, len, step);
		if (strcmp(out, expected) != 0)
			fail_msg("in pieces of %zu: \"%s\" instead of \"%s\"", step, out, expected);
	}
}

static void what_makes_a_picture_passes(void **state)
{
	(void)state;
	static const char *const good[] = {
		"plain text\r\n\tand \b more\a",
		"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
		"\033[1;31;48:2::1:2:3mred\033[0m\033[m",
		"\033[2J\033[H\033[10;20H\033[3A\033[K\033[?25l\033[?25h\033[?1049h\033[?1049;7l",
		"\033[4h\033[4l\033[r\033[1;24r\0337\0338\033D\033M\033E\033H\033c",
		"\033(0lqk\033(B\016\017\033#8",
		"\033[5 q\033[!p\033[3S\033[3T\033[2L\033[2M\033[2P\033[2@\033[2X\033[g\033[3g\033[s\033[u\033[5b",
		"\033[?2026hframe\033[?2026l\033[?2J",
	};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_shows(good[i], good[i]);
}

static void what_makes_a_terminal_type_is_left_out(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\033[c",
		"\033[0c",
		"\033[>c",
		"\033[=c",
		"\033[5n",
		"\033[6n",
		"\033[?6n",
		"\033[?15n",
		"\033[x",
		"\033[1x",
		"\033[21t",
		"\033[20t",
		"\033[18t",
		"\033[14;2t",
		"\033[?1$p",
		"\033[4$p",
		"\033[>q",
		"\033[>0q",
		"\033Z",
		"\005",
		"\033[1;1;1;1;1;1*y",
		"\033[?1S",
		"\033[?u",
		"\033[?4m",
		"\033[?1u",
		"\033[\"v",
		"\033[&u",
		"\033[1$w",
		"\033P$qm\033\\",
		"\033P+q544e\033\\",
		"\033]4;1;?\a",
		"\033]10;?\033\\",
		"\033]52;c;?\a",
		"\033]21;x=?\033\\",
		"\302\2335n",
		"\302\220$qm\302\234",
		"\302\232",
		"\033[5\0305n" /* the rest is text */,
	};
	for (size_t i = 0; i + 1 < ARRAY_SIZE(bad); i++)
		assert_shows(bad[i], "");
	assert_shows(bad[ARRAY_SIZE(bad) - 1], "5n");
}

static void what_changes_more_than_the_picture_is_left_out(void **state)
{
	(void)state;
	static const char *const bad[] = {
		/* clipboard, titles, colours of the palette, links, notifications, working directory, files */
		"\033]52;c;aGVsbG8=\a",
		"\033]0;title\a",
		"\033]2;title\033\\",
		"\033]l title\033\\",
		"\033]4;1;red\a",
		"\033]9;hello\a",
		"\033]777;notify;a;b\a",
		"\033]7;file:///\a",
		"\033]1337;File=:AAAA\a",
		"\033]104\a",
		/* DCS, APC, PM, SOS: macros, user keys, sixel, tmux's and screen's way through */
		"\033P1;1|17/41\033\\",
		"\033_Gf=24;AAAA\033\\",
		"\033^x\033\\",
		"\033Xx\033\\",
		"\033Ptmux;\033\033]52;c;x\a\033\\",
		/* window, printer, keyboard, mouse, paste, focus, columns, checks */
		"\033[8;50;100t",
		"\033[3;0;0t",
		"\033[22;0t",
		"\033[5i",
		"\033[?5i",
		"\033[>4;2m",
		"\033[>1u",
		"\033[=1u",
		"\033[<u",
		"\033[?1000h",
		"\033[?1002h",
		"\033[?1003h",
		"\033[?1006h",
		"\033[?1004h",
		"\033[?2004h",
		"\033[?1h",
		"\033[?66h",
		"\033[?3h",
		"\033[?9h",
		"\033[?1;1000h",
		"\033[?1049;1000h",
		"\033[2h",
		"\033[12h",
		"\033[?1s",
		"\033[?1r",
		"\033=",
		"\033>",
		"\033[1;2;3;4;5T",
		"\033%@",
		"\033%G",
		"\033n",
		"\033|",
		"\033 F",
		"\033[61\"p",
		/* counts that take a terminal's time */
		"\033[99999b",
		"\033[1;100000H",
		"\033[88888L",
		/* flow control, DEL, NUL is none of strlen's */
		"\021",
		"\023",
		"\177",
		"\001",
		"\025",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_shows(bad[i], "");
}

static void text_around_what_is_left_out_stays(void **state)
{
	(void)state;
	assert_shows("a\033]0;x\ab", "ab");
	assert_shows("a\033]8;;http://x/\033\\link\033]8;;\033\\b", "alinkb");
	assert_shows("a\033P1$r0m\033\\b\033[6nc", "abc");
	assert_shows("a\302\235x\302\234b", "ab");
	assert_shows("a\033]0;\xc3\x9cx\ab", "ab"); /* a letter in a title whose last byte is that of ST */
	assert_shows("a\033]0;x\033[1mb", "a\033[1mb");
	assert_shows("a\033]0;x\030b", "ab");
	assert_shows("a\033Px\ay\033\\b", "ab");
	assert_shows("\302\2331mx", "\033[1mx");
}

static void controls_inside_of_a_sequence_act_at_once(void **state)
{
	(void)state;
	assert_shows("\033[1\r;3\n1m", "\r\n\033[1;31m");
	assert_shows("\033[1\033[2mx", "\033[2mx");
	assert_shows("\033\033[2mx", "\033[2mx");
	assert_shows("\033[1\030mx", "mx");
	assert_shows("\033(\033(Bx", "\033(Bx");
}

static void what_is_no_utf8_is_shown_as_such(void **state)
{
	(void)state;
	assert_shows("a\xff"
		     "b",
		     "a\xef\xbf\xbd"
		     "b");
	assert_shows("a\x9b"
		     "6nb",
		     "a\xef\xbf\xbd"
		     "6nb"); /* CSI of an 8-bit terminal */
	assert_shows("\xe2\x82z", "\xef\xbf\xbd\xef\xbf\xbdz");
	assert_shows("\xe2\n", "\xef\xbf\xbd\n");
	assert_shows("\033[1\xc3\xa4", "\xc3\xa4");
	assert_shows("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void sequences_of_any_length_end(void **state)
{
	(void)state;
	static char text[5000];
	memset(text, '1', sizeof(text));
	memcpy(text, "\033[", 2);
	strcpy(text + sizeof(text) - 3, "mx");
	cleanup_free char *out = filtered(text, sizeof(text) - 1, 7);
	assert_string_equal(out, "x");
	memset(text, ' ', sizeof(text));
	memcpy(text, "\033", 1);
	strcpy(text + sizeof(text) - 3, "Fx");
	cleanup_free char *escape = filtered(text, sizeof(text) - 1, 7);
	assert_string_equal(escape, "x");
}

static void the_alternate_screen_is_left_at_the_end(void **state)
{
	(void)state;
	static const char *const into[] = {"\033[?1049h", "\033[?47h", "\033[?25;1047h"};
	for (size_t i = 0; i < ARRAY_SIZE(into); i++) {
		struct screen s = {0};
		cleanup_buf struct buf out = {0}, last = {0}, after = {0};
		screen_filter(&s, into[i], strlen(into[i]), &out);
		screen_leave(&s, &last);
		assert_non_null(strstr(buf_text(&last), "\033[?1049l"));
		screen_filter(&s, "\033[?1049l", 8, &out);
		screen_leave(&s, &after);
		assert_null(strstr(buf_text(&after), "1049"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(what_makes_a_picture_passes),
		IT(what_makes_a_terminal_type_is_left_out),
		IT(what_changes_more_than_the_picture_is_left_out),
		IT(text_around_what_is_left_out_stays),
		IT(controls_inside_of_a_sequence_act_at_once),
		IT(what_is_no_utf8_is_shown_as_such),
		IT(sequences_of_any_length_end),
		IT(the_alternate_screen_is_left_at_the_end),
	};
	return RUN(tests);
}

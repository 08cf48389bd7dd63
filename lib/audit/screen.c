/* SPDX-License-Identifier: ISC */
#include "screen.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { ESC = 0x1b, CAN = 0x18, SUB = 0x1a, BEL = 0x07, DEL = 0x7f };

/* Numbers of at most four digits: some terminals count a repetition out, however long that takes. */
static bool numbers_are_small(const char *s, size_t len)
{
	size_t digits = 0;
	for (size_t i = 0; i < len; i++) {
		digits = s[i] >= '0' && s[i] <= '9' ? digits + 1 : 0;
		if (digits > 4)
			return false;
	}
	return true;
}

/* Whether each of the numbers is among those allowed, which end in -1. */
static bool all_among(const char *s, size_t len, const int *allowed)
{
	int value = 0;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && s[i] >= '0' && s[i] <= '9') {
			value = value * 10 + (s[i] - '0');
			continue;
		}
		if (i < len && s[i] != ';')
			return false;
		const int *a = allowed;
		while (*a >= 0 && *a != value)
			a++;
		if (*a < 0)
			return false;
		value = 0;
	}
	return true;
}

/* Of the modes, those of the picture: not those of keys, mouse, focus, paste, columns, printer and reports. */
static bool is_harmless_mode(const char *s, size_t len)
{
	static const int ansi[] = {4, 20, -1};
	static const int private[] = {5, 6, 7, 12, 25, 45, 47, 69, 1047, 1048, 1049, 2026, -1};
	if (len > 0 && s[0] == '?')
		return all_among(s + 1, len - 1, private);
	return all_among(s, len, ansi);
}

/* A control sequence without its final byte: parameters, and intermediate bytes behind them. */
static bool is_harmless_csi(const char *s, size_t len, char final)
{
	size_t params = 0;
	if (!numbers_are_small(s, len))
		return false;
	while (params < len && s[params] >= 0x30)
		params++;
	if (params < len) /* intermediates: the cursor's shape, and the soft reset, are the two that are worth it */
		return (final == 'q' && len - params == 1 && s[params] == ' ') ||
		       (final == 'p' && len == 1 && s[0] == '!');
	if (final == 'h' || final == 'l')
		return is_harmless_mode(s, len);
	bool private = len > 0 && s[0] >= '<';
	if (private)
		return s[0] == '?' && (final == 'J' || final == 'K') && strspn(s + 1, "0123456789;") >= len - 1;
	if (final == 'T') /* with more numbers it is the mouse's */
		return !memchr(s, ';', len);
	return strchr("@ABCDEFGHIJKLMPSXZ`abdefgmrsu", final) != NULL;
}

static bool is_harmless_escape(const char *s, size_t len, char final)
{
	if (len == 0)
		return strchr("78DEHMc", final) != NULL;
	if (len == 1 && s[0] == '#')
		return strchr("34568", final) != NULL;
	if (len == 1 && strchr("()*+", s[0])) /* character sets: US, UK, and lines */
		return strchr("AB0", final) != NULL;
	return false;
}

/* "?1049;25" of a mode that was let through. */
static void note_alternate(struct screen *s, char final)
{
	static const char *const modes[] = {"47", "1047", "1049"};
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (s->len > 0 && s->kept[0] == '?' && memmem(s->kept, s->len, modes[i], strlen(modes[i])))
			s->alternate = final == 'h';
}

static void finish_csi(struct screen *s, char final, struct buf *to)
{
	s->state = SCREEN_TEXT;
	if (!is_harmless_csi(s->kept, s->len, final))
		return;
	if (final == 'h' || final == 'l')
		note_alternate(s, final);
	buf_puts(to, "\033[");
	buf_add(to, s->kept, s->len);
	buf_add(to, &final, 1);
}

static void begin(struct screen *s, enum screen_state state, bool bell_ends)
{
	s->state = state;
	s->bell_ends = bell_ends;
	s->len = 0;
}

/* ESC and this byte, or the one control of C1 that means the same. */
static void introduce(struct screen *s, char c, struct buf *to)
{
	if (c == '[')
		begin(s, SCREEN_CSI, false);
	else if (strchr("PX]^_", c))
		begin(s, SCREEN_STRING, c == ']');
	else if (is_harmless_escape("", 0, c)) {
		s->state = SCREEN_TEXT;
		buf_puts(to, "\033");
		buf_add(to, &c, 1);
	} else
		s->state = SCREEN_TEXT;
}

static void escape_byte(struct screen *s, char c, struct buf *to)
{
	if (c >= 0x20 && c < 0x30) {
		if (s->len < sizeof(s->kept))
			s->kept[s->len++] = c;
		return;
	}
	if (s->len == 0) {
		introduce(s, c, to);
		return;
	}
	s->state = SCREEN_TEXT;
	if (!is_harmless_escape(s->kept, s->len, c))
		return;
	buf_puts(to, "\033");
	buf_add(to, s->kept, s->len);
	buf_add(to, &c, 1);
}

static void csi_byte(struct screen *s, char c, struct buf *to)
{
	bool behind = s->len > 0 && s->kept[s->len - 1] < 0x30;
	if (c >= 0x40 && c <= 0x7e) {
		if (s->state == SCREEN_CSI)
			finish_csi(s, c, to);
		s->state = SCREEN_TEXT;
	} else if (s->len == sizeof(s->kept) || (behind && c >= 0x30)) {
		s->state = SCREEN_CSI_IGNORE;
	} else {
		s->kept[s->len++] = c;
	}
}

/* Controls act in the middle of sequences too, and do not end them; so they are done at once, as terminals do it. */
static void control(struct screen *s, unsigned char c, struct buf *to)
{
	static const char shown[] = {'\a', '\b', '\t', '\n', '\v', '\f', '\r', 0x0e, 0x0f, 0};
	if (c == CAN || c == SUB)
		s->state = SCREEN_TEXT;
	else if (c == ESC)
		begin(s, SCREEN_ESCAPE, false);
	else if (c && strchr(shown, c))
		buf_add(to, &c, 1);
}

/* A byte of a string, which is not shown; a terminal looks for characters there too, of which U+009C is an end. */
static void string_byte(struct screen *s, unsigned char c)
{
	bool in_c1 = s->len == 1;
	s->len = 0;
	if (c == CAN || c == SUB || (c == BEL && s->bell_ends) || (in_c1 && c == 0x9c))
		s->state = SCREEN_TEXT;
	else if (c == ESC)
		s->state = SCREEN_STRING_ESCAPE;
	else if (c == 0xc2)
		s->len = 1;
}

static void character(struct screen *s, const char *text, size_t len, uint32_t code, struct buf *to)
{
	if (code >= 0x80 && code < 0xa0) {
		char as_escape = (char)(code - 0x40);
		if (strchr("PX[]^_", as_escape))
			introduce(s, as_escape, to);
		return;
	}
	buf_add(to, text, len);
}

/* Text is collected into characters in `kept`: a terminal that is not told UTF-8 from C1 must not get half of one. */
static void text_byte(struct screen *s, char c, struct buf *to)
{
	static const char replacement[] = "\xef\xbf\xbd";
	uint32_t code;
	s->kept[s->len++] = c;
	for (;;) {
		const unsigned char *kept = (const unsigned char *)s->kept;
		size_t n = s->len ? utf8_sequence(kept, s->len, &code) : 0;
		if (s->len == 0 || (n == 0 && utf8_is_cut(kept, s->len)))
			return;
		size_t used = n ? n : 1, left = s->len - used;
		char whole[4];
		memcpy(whole, s->kept, used);
		memmove(s->kept, s->kept + used, left);
		s->len = left;
		if (n)
			character(s, whole, n, code, to);
		else
			buf_puts(to, replacement);
		if (s->state != SCREEN_TEXT)
			return;
	}
}

static void feed(struct screen *s, char c, struct buf *to)
{
	unsigned char u = (unsigned char)c;
	if (s->state == SCREEN_STRING_ESCAPE) {
		begin(s, SCREEN_ESCAPE, false);
		if (c == '\\') {
			s->state = SCREEN_TEXT;
			return;
		}
	}
	if (s->state == SCREEN_STRING) {
		string_byte(s, u);
	} else if (u < 0x20 || u == DEL) {
		if (s->state == SCREEN_TEXT && s->len > 0) {
			s->len = 0;
			buf_puts(to, "\xef\xbf\xbd");
		}
		control(s, u, to);
	} else if (s->state == SCREEN_TEXT) {
		text_byte(s, c, to);
	} else if (u >= 0x80) {
		begin(s, SCREEN_TEXT, false); /* no sequence has such a byte */
		text_byte(s, c, to);
	} else if (s->state == SCREEN_ESCAPE) {
		escape_byte(s, c, to);
	} else {
		csi_byte(s, c, to);
	}
	if (s->state == SCREEN_TEXT && u < 0x80)
		s->len = 0;
}

static size_t plain_run(const char *s, size_t left)
{
	size_t n = 0;
	while (n < left && s[n] >= ' ' && s[n] <= '~')
		n++;
	return n;
}

void screen_filter(struct screen *s, const char *text, size_t len, struct buf *to)
{
	for (size_t at = 0; at < len;) {
		size_t plain = s->state == SCREEN_TEXT && s->len == 0 ? plain_run(text + at, len - at) : 0;
		buf_add(to, text + at, plain);
		at += plain;
		if (plain == 0)
			feed(s, text[at++], to);
	}
}

void screen_leave(const struct screen *s, struct buf *to)
{
	if (s->alternate)
		buf_puts(to, "\033[?1049l");
	/* No blinking video; autowrap; soft reset: cursor shown, no insertion, whole screen scrolls, plain text; US
	 * set. */
	buf_puts(to, "\033[?5l\033[?7h\033[!p\033[?25h\033[0m\033(B\017\033[0 q");
}

/* SPDX-License-Identifier: ISC */
#include "line.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

static const char SHELL[] = ";|&$()<>`\n", BLANK[] = " \t";

/* One word under construction. */
struct scan {
	const char *text;
	size_t at;
	char *word; /* as large as the text */
	size_t len;
	bool begun; /* "" is a word, too */
	enum line_stop stop;
};

void line_done(struct line *l)
{
	strv_free(l->words);
	free(l->ends);
	*l = (struct line){0};
}

static int check(const char *text, struct error *err)
{
	size_t len = strnlen(text, GATE_LINE_MAX + 1);
	if (len > GATE_LINE_MAX)
		return error_set(err, -E2BIG, "the command is longer than %d bytes", GATE_LINE_MAX);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return error_set(err, -EINVAL, "the command has a control byte in it (0x%02x, at %zu)", c, i);
	}
	return 0;
}

static void put(struct scan *s, char c)
{
	s->word[s->len++] = c;
	s->begun = true;
}

static void scan_single(struct scan *s)
{
	const char *from = s->text + s->at + 1, *end = strchr(from, '\'');
	if (!end) {
		s->stop = LINE_QUOTE;
		return;
	}
	memcpy(s->word + s->len, from, (size_t)(end - from));
	s->len += (size_t)(end - from);
	s->begun = true;
	s->at = (size_t)(end + 1 - s->text);
}

/* Behind a backslash a newline is nothing; between double quotes it quotes only what would mean something there. */
static void scan_backslash(struct scan *s, bool in_double)
{
	char c = s->text[s->at + 1];
	if (c == '\0') {
		s->stop = LINE_QUOTE;
		return;
	}
	if (in_double && !strchr("$`\"\\\n", c))
		put(s, '\\');
	if (c != '\n')
		put(s, c);
	s->at += 2;
}

static void scan_double(struct scan *s)
{
	size_t open = s->at++;
	s->begun = true;
	while (s->stop == LINE_WHOLE && s->text[s->at] != '"') {
		char c = s->text[s->at];
		if (c == '\\') {
			scan_backslash(s, true);
		} else if (c == '$' || c == '`') {
			s->stop = LINE_SHELL;
		} else if (c == '\0') {
			s->stop = LINE_QUOTE;
		} else {
			put(s, c);
			s->at++;
		}
	}
	if (s->stop == LINE_QUOTE)
		s->at = open;
	else if (s->stop == LINE_WHOLE)
		s->at++;
}

/* Up to a blank, the end, or what stops it. */
static void scan_word(struct scan *s)
{
	s->len = 0;
	s->begun = false;
	while (s->stop == LINE_WHOLE && s->text[s->at] && !strchr(BLANK, s->text[s->at])) {
		char c = s->text[s->at];
		if (c == '\'') {
			scan_single(s);
		} else if (c == '"') {
			scan_double(s);
		} else if (c == '\\') {
			scan_backslash(s, false);
		} else if (strchr(SHELL, c)) {
			s->stop = LINE_SHELL;
		} else {
			put(s, c);
			s->at++;
		}
	}
}

static int add(struct line *l, const struct scan *s)
{
	l->words[l->count] = strndup(s->word, s->len);
	if (!l->words[l->count])
		return -ENOMEM;
	l->ends[l->count++] = s->at;
	return 0;
}

static int split(struct scan *s, struct line *l)
{
	for (;;) {
		s->at += strspn(s->text + s->at, BLANK);
		if (s->text[s->at] == '\0')
			return 0;
		scan_word(s);
		if (s->stop != LINE_WHOLE) {
			l->stop = s->stop;
			l->stop_at = s->at;
			return 0;
		}
		if (s->begun && add(l, s) < 0)
			return -ENOMEM;
	}
}

int line_split(const char *text, struct line *ret, struct error *err)
{
	int r = check(text, err);
	if (r < 0)
		return r;
	size_t len = strlen(text);
	struct scan s = {.text = text, .word = malloc(len + 1)};
	cleanup_line struct line l = {
		.words = calloc(len / 2 + 2, sizeof(*l.words)),
		.ends = calloc(len / 2 + 2, sizeof(*l.ends)),
	};
	r = s.word && l.words && l.ends ? split(&s, &l) : -ENOMEM;
	free(s.word);
	if (r < 0)
		return error_errno(err, r, "the command");
	*ret = l;
	l = (struct line){0};
	return 0;
}

const char *line_rest(const struct line *l, const char *text, size_t words)
{
	text += words > 0 ? l->ends[words - 1] : 0;
	return text + strspn(text, BLANK);
}

void line_hint(const struct line *l, const char *text, char *room, size_t size)
{
	char c = text[l->stop_at];
	if (l->stop == LINE_QUOTE)
		snprintf(room, size, "the %s in the command has no end", c == '\\' ? "backslash" : "quote");
	else if (c == '\n')
		snprintf(room, size,
			 "only a shell can read a command of several lines; put the newline in quotes, or ask for the "
			 "right to a shell");
	else
		snprintf(
			room, size,
			"only a shell can read the %c in the command; put it in single quotes, or ask for the right to "
			"a shell",
			c);
}

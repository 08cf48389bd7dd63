/* SPDX-License-Identifier: ISC */
#include "words.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/text.h"

struct splitter {
	struct words *w;
	const char *at, *end, *line;
	unsigned flags;
	bool in_word;
};

void words_done(struct words *w)
{
	buf_done(&w->text);
	buf_done(&w->starts);
	*w = (struct words){0};
}

char *words_at(const struct words *w, size_t i)
{
	uint32_t start;
	memcpy(&start, w->starts.data + i * sizeof(start), sizeof(start));
	return w->text.data + start;
}

static int wrong(struct splitter *s, int code, const char *text)
{
	s->w->wrong = text;
	s->w->column = (size_t)(s->at - s->line) + 1;
	return code;
}

/* What makes a reviewer read another rule than the parser does (CVE-2021-42574), by its direction or by not being seen.
 */
static bool is_unseen(uint32_t code)
{
	return code == 0xa0 || code == 0xad || code == 0x61c || code == 0x180e || (code >= 0x2000 && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202f) || (code >= 0x205f && code <= 0x206f) || code == 0x3000 ||
	       code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f);
}

/* The length of the character at s->at, or an error. */
static int character(struct splitter *s)
{
	uint32_t code = 0;
	size_t len = utf8_sequence((const unsigned char *)s->at, (size_t)(s->end - s->at), &code);
	if (len == 0)
		return wrong(s, -EINVAL, "a byte that is not UTF-8");
	if (code == '\r')
		return wrong(s, -EINVAL, "a carriage return (lines end with a line feed alone)");
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return wrong(s, -EINVAL, "a control character");
	if (is_unseen(code))
		return wrong(s, -EINVAL, "a character that turns the direction of writing, or is not seen");
	return (int)len;
}

static int begin_word(struct splitter *s)
{
	uint32_t start = (uint32_t)s->w->text.len;
	if (s->in_word)
		return 0;
	if (s->w->count == WORDS_MAX)
		return wrong(s, -E2BIG, "too many words");
	buf_add(&s->w->starts, &start, sizeof(start));
	s->w->count++;
	s->in_word = true;
	return 0;
}

static void end_word(struct splitter *s)
{
	if (s->in_word)
		buf_add(&s->w->text, "", 1);
	s->in_word = false;
}

/* Takes one character into the word. */
static int take(struct splitter *s)
{
	int n = character(s);
	if (n < 0)
		return n;
	if (s->w->text.len >= WORDS_BYTES_MAX)
		return wrong(s, -E2BIG, "the line is too long");
	buf_add(&s->w->text, s->at, (size_t)n);
	s->at += n;
	return 0;
}

static bool at_line_end(const struct splitter *s)
{
	return (s->flags & WORDS_LINES) && *s->at == '\n';
}

static void pass_line_end(struct splitter *s)
{
	s->line = ++s->at;
	s->w->lines++;
}

/* s->at is behind a backslash. */
static int take_escaped(struct splitter *s, const char *only)
{
	if (s->at == s->end)
		return wrong(s, -EINVAL, "a backslash with nothing behind it");
	if (at_line_end(s)) {
		pass_line_end(s);
		return 0;
	}
	if (only && !strchr(only, *s->at))
		buf_add(&s->w->text, "\\", 1);
	return take(s);
}

static int take_quoted(struct splitter *s)
{
	const struct splitter before = *s;
	size_t lines = s->w->lines;
	char quote = *s->at++;
	while (s->at < s->end && *s->at != quote && *s->at != '\n') {
		int r;
		if (quote == '"' && *s->at == '\\') {
			s->at++;
			r = take_escaped(s, "\"\\$`");
		} else {
			r = take(s);
		}
		if (r < 0)
			return r;
	}
	if (s->at == s->end || *s->at == '\n') {
		s->at = before.at;
		s->line = before.line;
		s->w->lines = lines;
		return wrong(s, -EINVAL, "a quote that is not closed on its line");
	}
	s->at++;
	return 0;
}

static int take_piece(struct splitter *s)
{
	/* A line that is joined by a backslash begins no word, as in a shell. */
	bool joins = *s->at == '\\' && s->at + 1 < s->end && s->at[1] == '\n' && (s->flags & WORDS_LINES);
	int r = joins ? 0 : begin_word(s);
	if (r < 0)
		return r;
	if (*s->at == '\'' || *s->at == '"')
		return take_quoted(s);
	if (*s->at != '\\')
		return take(s);
	s->at++;
	return take_escaped(s, NULL);
}

static int pass_comment(struct splitter *s)
{
	int n = 0;
	while (s->at < s->end && *s->at != '\n' && (*s->at == '\t' || (n = character(s)) > 0))
		s->at += *s->at == '\t' ? 1 : n;
	return n < 0 ? n : 0;
}

static int split(struct splitter *s)
{
	int r = 0;
	while (r == 0 && s->at < s->end) {
		if (at_line_end(s)) {
			pass_line_end(s);
			break;
		}
		if (*s->at == ' ' || *s->at == '\t') {
			end_word(s);
			s->at++;
		} else if (*s->at == '#' && !s->in_word && (s->flags & WORDS_COMMENTS)) {
			r = pass_comment(s);
		} else {
			r = take_piece(s);
		}
	}
	end_word(s);
	return r;
}

long words_split(struct words *w, const char *text, size_t len, unsigned flags)
{
	struct splitter s = {.w = w, .at = text, .end = text + len, .line = text, .flags = flags};
	w->text.len = w->starts.len = w->count = w->lines = 0;
	w->wrong = NULL;
	int r = split(&s);
	if (r == 0 && (w->text.failed || w->starts.failed))
		r = -ENOMEM;
	return r < 0 ? r : (long)(s.at - text);
}

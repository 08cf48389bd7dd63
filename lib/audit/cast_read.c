/* SPDX-License-Identifier: ISC */
#include "cast_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/engine/json.h"

/* A century: what lies behind it is no time of a session, and could not be counted in microseconds for ever. */
static const int64_t TIME_MAX_S = (int64_t)100 * 366 * 86400;

static char *take_copy(struct json_reader *j, const cJSON *o, const char *name)
{
	char *text = json_has(o, name) ? json_copy(j, o, name, CAST_LINE_MAX) : NULL;
	if (text)
		audit_text_bytes(text);
	return text;
}

/* Other writers give seconds with a fraction. */
static int64_t take_timestamp(const cJSON *o)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, "timestamp");
	double value = cJSON_IsNumber(item) ? item->valuedouble : 0;
	return value >= 0 && value < 1e11 ? (int64_t)value : 0;
}

static int parse_header(struct cast *c, const struct line *line, struct error *err)
{
	cleanup_json cJSON *o = NULL;
	int r = json_parse(line->text, line->len, &o, err);
	if (r < 0)
		return r;
	struct json_reader j = {.err = err};
	if (!cJSON_IsObject(o) || json_uint(&j, o, "version", UINT32_MAX) != 2)
		return error_set(err, -EBADMSG, "its first line is no header of asciicast version 2");
	c->width = (uint32_t)json_uint(&j, o, "width", UINT16_MAX);
	c->height = (uint32_t)json_uint(&j, o, "height", UINT16_MAX);
	c->timestamp = take_timestamp(o);
	c->title = take_copy(&j, o, "title");
	c->command = take_copy(&j, o, "command");
	c->session = take_copy(&j, o, "session");
	c->term = take_copy(&j, json_object(&j, o, "env"), "TERM");
	c->own = c->session && audit_is_session_id(c->session);
	return j.failed ? -EBADMSG : 0;
}

void cast_done(struct cast *c)
{
	lines_done(&c->lines);
	char **const texts[] = {&c->title, &c->command, &c->session, &c->term, &c->text};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		cleanup_free_function(texts[i]);
}

int cast_open(struct cast *c, int fd, struct error *err)
{
	*c = (struct cast){0};
	struct line line;
	int r = lines_init(&c->lines, fd, CAST_LINE_MAX);
	if (r == 0)
		r = lines_next(&c->lines, true, &line);
	if (r < 0)
		return error_errno(err, r, "cannot read it");
	if (r == 0 || line.long_)
		return error_set(err, -EBADMSG, "it has no header of asciicast version 2");
	c->text = malloc(CAST_LINE_MAX + 1);
	return c->text ? parse_header(c, &line, err) : error_errno(err, -ENOMEM, "cannot read it");
}

/* What is left of a line. */
struct cursor {
	const char *at, *end;
};

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
		c->at++;
}

static bool take(struct cursor *c, char wanted)
{
	skip_blanks(c);
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static bool is_digit(const struct cursor *c)
{
	return c->at < c->end && *c->at >= '0' && *c->at <= '9';
}

/* A power of ten that others write for times close to 0: "9e-05". Negative ones only. */
static bool take_exponent(struct cursor *c, int *ret)
{
	*ret = 0;
	if (c->at == c->end || (*c->at != 'e' && *c->at != 'E'))
		return true;
	c->at++;
	if (c->at == c->end || *c->at++ != '-' || !is_digit(c))
		return false;
	for (; is_digit(c); c->at++)
		*ret = *ret < 100 ? *ret * 10 + (*c->at - '0') : *ret;
	return true;
}

/* Seconds in microseconds. Digits behind the sixth of the fraction are passed over. */
static bool take_time(struct cursor *c, int64_t *ret_us)
{
	int64_t s = 0, us = 0;
	int exponent;
	skip_blanks(c);
	if (!is_digit(c))
		return false;
	for (; is_digit(c); c->at++) {
		s = s * 10 + (*c->at - '0');
		if (s > TIME_MAX_S)
			return false;
	}
	if (c->at < c->end && *c->at == '.') {
		c->at++;
		if (!is_digit(c))
			return false;
		for (int64_t scale = 100000; is_digit(c); c->at++, scale /= 10)
			us += scale * (*c->at - '0');
	}
	if (!take_exponent(c, &exponent))
		return false;
	*ret_us = s * 1000000 + us;
	for (; exponent > 0; exponent--)
		*ret_us /= 10;
	return true;
}

static bool take_unit(struct cursor *c, uint32_t *ret)
{
	*ret = 0;
	for (int i = 0; i < 4; i++, c->at++) {
		if (c->at == c->end)
			return false;
		char ch = *c->at;
		uint32_t digit = ch >= '0' && ch <= '9'	  ? (uint32_t)(ch - '0')
				 : ch >= 'a' && ch <= 'f' ? (uint32_t)(ch - 'a' + 10)
				 : ch >= 'A' && ch <= 'F' ? (uint32_t)(ch - 'A' + 10)
							  : 16;
		if (digit == 16)
			return false;
		*ret = *ret << 4 | digit;
	}
	return true;
}

static size_t put_utf8(char *to, uint32_t code)
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--, code >>= 6)
		to[i] = (char)(0x80 | (code & 0x3f));
	to[0] = (char)(0xff00 >> len | code);
	return len;
}

/* Behind "\u". A half of a pair without the other stands for nothing: U+FFFD. What is written is never longer. */
static bool take_code(struct cursor *c, bool own, char *to, size_t *ret_len)
{
	uint32_t code, low;
	if (!take_unit(c, &code))
		return false;
	if (code >= 0xd800 && code < 0xdc00 && c->end - c->at >= 6 && c->at[0] == '\\' && c->at[1] == 'u') {
		struct cursor next = {c->at + 2, c->end};
		if (!take_unit(&next, &low))
			return false;
		if (low >= 0xdc00 && low < 0xe000) {
			code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
			c->at = next.at;
		}
	}
	if (code >= 0xd800 && code < 0xe000)
		code = 0xfffd;
	if (own && code >= 0xec80 && code <= 0xecff) {
		*to = (char)(code & 0xff);
		*ret_len = 1;
	} else {
		*ret_len = put_utf8(to, code);
	}
	return true;
}

static bool take_escape(struct cursor *c, bool own, char *to, size_t *ret_len)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	if (c->at == c->end)
		return false;
	char ch = *c->at++;
	if (ch == 'u')
		return take_code(c, own, to, ret_len);
	const char *found = ch ? strchr(from, ch) : NULL;
	if (!found)
		return false;
	*to = into[found - from];
	*ret_len = 1;
	return true;
}

/* A string into `to`, which has room for as much as is left of the line. */
static bool take_string(struct cursor *c, bool own, char *to, size_t *ret_len)
{
	size_t out = 0;
	if (!take(c, '"'))
		return false;
	while (c->at < c->end && *c->at != '"') {
		unsigned char ch = (unsigned char)*c->at;
		uint32_t code;
		size_t n = 1;
		if (ch == '\\') {
			c->at++;
			if (!take_escape(c, own, to + out, &n))
				return false;
		} else {
			n = ch < 0x20 ? 0
				      : utf8_sequence((const unsigned char *)c->at, (size_t)(c->end - c->at), &code);
			if (n == 0)
				return false;
			memcpy(to + out, c->at, n);
			c->at += n;
		}
		out += n;
	}
	to[out] = '\0';
	*ret_len = out;
	return take(c, '"');
}

static bool parse_event(struct cast *c, const struct line *line, struct cast_event *ret)
{
	struct cursor at = {line->text, line->text + line->len};
	size_t len;
	if (!take(&at, '[') || !take_time(&at, &ret->us) || !take(&at, ',') ||
	    !take_string(&at, false, c->text, &len) || len != 1)
		return false;
	ret->kind = c->text[0];
	if (!take(&at, ',') || !take_string(&at, c->own, c->text, &ret->len) || !take(&at, ']'))
		return false;
	ret->text = c->text;
	skip_blanks(&at);
	return at.at == at.end;
}

int cast_next(struct cast *c, struct cast_event *ret, struct error *err)
{
	struct line line;
	int r = lines_next(&c->lines, false, &line);
	if (r < 0)
		return error_errno(err, r, "cannot read it");
	if (r == 0)
		return 0;
	if (line.long_ || !parse_event(c, &line, ret))
		return error_set(err, -EBADMSG, "line %" PRIu64 " is no event of an asciicast", c->lines.number);
	return 1;
}

int cast_size(const struct cast_event *e, uint16_t *ret_rows, uint16_t *ret_cols)
{
	char text[12];
	uint64_t rows, cols;
	if (e->len >= sizeof(text) || strlen(e->text) != e->len)
		return -EBADMSG;
	memcpy(text, e->text, e->len + 1);
	char *x = strchr(text, 'x');
	if (!x)
		return -EBADMSG;
	*x = '\0';
	if (parse_u64(text, UINT16_MAX, &cols) < 0 || parse_u64(x + 1, UINT16_MAX, &rows) < 0 || !rows || !cols)
		return -EBADMSG;
	*ret_rows = (uint16_t)rows;
	*ret_cols = (uint16_t)cols;
	return 0;
}

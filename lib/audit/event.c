/* SPDX-License-Identifier: ISC */
#include "event.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/base/utc.h"
#include "lib/proto/request.h"

static const char hex[] = "0123456789abcdef";

/* What no line may hold as it is: controls, and characters that turn, break or hide text where it is shown. */
static bool is_unfit(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

static size_t put_unit(char *to, uint32_t unit)
{
	to[0] = '\\';
	to[1] = 'u';
	for (int i = 0; i < 4; i++)
		to[2 + i] = hex[unit >> (12 - 4 * i) & 0xf];
	return 6;
}

static size_t put_escape(char *to, uint32_t code)
{
	if (code < 0x10000)
		return put_unit(to, code);
	code -= 0x10000;
	size_t made = put_unit(to, 0xd800 + (code >> 10));
	return made + put_unit(to + made, 0xdc00 + (code & 0x3ff));
}

/* The next character of s, escaped if need be, in `to`. Returns its length there, and in s by *ret_taken. */
static size_t put_character(char to[12], const unsigned char *s, size_t left, size_t *ret_taken)
{
	uint32_t code = 0;
	size_t n = utf8_sequence(s, left, &code);
	if (n == 0 || (code >= 0xec80 && code <= 0xecff)) {
		*ret_taken = 1;
		return put_unit(to, 0xec00u + s[0]);
	}
	*ret_taken = n;
	if (code == '"' || code == '\\') {
		to[0] = '\\';
		to[1] = (char)code;
		return 2;
	}
	if (is_unfit(code))
		return put_escape(to, code);
	memcpy(to, s, n);
	return n;
}

static size_t plain_run(const char *s, size_t left)
{
	size_t n = 0;
	while (n < left && s[n] >= ' ' && s[n] <= '~' && s[n] != '"' && s[n] != '\\')
		n++;
	return n;
}

size_t audit_json_string(struct buf *to, const char *text, size_t len, size_t max, bool partial)
{
	size_t at = 0;
	buf_puts(to, "\"");
	while (at < len) {
		char piece[12];
		size_t taken = plain_run(text + at, len - at < max ? len - at : max);
		const char *from = text + at;
		size_t made = taken;
		if (taken == 0) {
			if (partial && utf8_is_cut((const unsigned char *)from, len - at))
				break;
			made = put_character(piece, (const unsigned char *)from, len - at, &taken);
			from = piece;
		}
		if (made > max)
			break;
		buf_add(to, from, made);
		max -= made;
		at += taken;
	}
	buf_puts(to, "\"");
	return at;
}

/* One object that is being written: how long its strings may become, and whether one was cut. */
struct writer {
	struct buf *to;
	size_t max;
	bool cut, first;
};

static void put_name(struct writer *w, const char *name)
{
	buf_puts(w->to, w->first ? "\"" : ",\"");
	buf_puts(w->to, name);
	buf_puts(w->to, "\":");
	w->first = false;
}

static void put_number(struct writer *w, const char *name, int64_t value)
{
	put_name(w, name);
	buf_printf(w->to, "%lld", (long long)value);
}

static void put_unsigned(struct writer *w, const char *name, uint64_t value)
{
	put_name(w, name);
	buf_printf(w->to, "%llu", (unsigned long long)value);
}

static void put_true(struct writer *w, const char *name)
{
	put_name(w, name);
	buf_puts(w->to, "true");
}

static void put_text_max(struct writer *w, const char *name, const char *text, size_t max)
{
	if (!text || !*text)
		return;
	put_name(w, name);
	size_t len = strlen(text);
	w->cut |= audit_json_string(w->to, text, len, max, false) < len;
}

/* Some twenty of these may be in a line, beside lists and a reason. */
static void put_text(struct writer *w, const char *name, const char *text)
{
	put_text_max(w, name, text, w->max / 80);
}

static void put_list(struct writer *w, const char *name, char *const *v, size_t max)
{
	if (!v || !*v)
		return;
	put_name(w, name);
	size_t from = w->to->len;
	buf_puts(w->to, "[");
	for (char *const *word = v; *word; word++) {
		size_t used = w->to->len - from, len = strlen(*word);
		if (used + 4 > max) {
			w->cut = true;
			break;
		}
		if (word > v)
			buf_puts(w->to, ",");
		w->cut |= audit_json_string(w->to, *word, len, max - used - 4, false) < len;
	}
	buf_puts(w->to, "]");
}

static void put_namespaces(struct writer *w, uint32_t ns)
{
	if (ns == 0)
		return;
	put_name(w, "ns");
	const char *before = "[\"";
	for (uint32_t bit = 1; bit && bit <= ns; bit <<= 1) {
		const char *name = ns & bit ? ns_bit_name((enum ns_bit)bit) : NULL;
		if (!name)
			continue;
		buf_puts(w->to, before);
		buf_puts(w->to, name);
		before = "\",\"";
	}
	buf_puts(w->to, before[0] == '[' ? "[]" : "\"]");
}

static void put_time(struct writer *w, int64_t ms)
{
	char text[UTC_TEXT_SIZE];
	utc_text_ms(ms, text);
	put_name(w, "time");
	buf_printf(w->to, "\"%s\"", text);
}

static void put_identity(struct writer *w, const struct audit_event *e)
{
	put_text(w, "key", e->key);
	put_text(w, "fingerprint", e->fingerprint);
	put_text(w, "cert_id", e->cert_id);
	put_list(w, "principals", e->principals, w->max / 16);
	put_text(w, "address", e->address);
	if (e->port)
		put_number(w, "port", e->port);
}

static void put_who(struct writer *w, const struct audit_event *e)
{
	put_number(w, "uid", e->uid);
	if (e->has_login)
		put_number(w, "login_uid", e->login_uid);
	put_text(w, "user", e->user);
	if (e->gate) {
		put_true(w, "gate");
		put_identity(w, e);
		return;
	}
	size_t before = w->to->len;
	put_name(w, "claim");
	buf_puts(w->to, "{");
	size_t empty = w->to->len;
	w->first = true;
	put_identity(w, e);
	w->first = false;
	if (w->to->len == empty)
		w->to->len = before;
	else
		buf_puts(w->to, "}");
}

static void put_what(struct writer *w, const struct audit_event *e)
{
	put_text(w, "verb", e->verb);
	put_text(w, "toolbox", e->toolbox);
	put_text(w, "target", e->target);
	put_text(w, "container", e->container_id);
	put_text(w, "name", e->container_name);
	put_text(w, "image", e->image);
	put_text(w, "image_digest", e->image_digest);
	if (e->pid > 0) {
		put_number(w, "pid", e->pid);
		put_unsigned(w, "pid_start", e->pid_start);
	}
	put_text(w, "as", e->as_user);
	if (e->has_as_uid)
		put_number(w, "as_uid", e->as_uid);
	if (e->argv) {
		put_number(w, "argc", (int64_t)strv_len(e->argv));
		/* Anybody may be denied as often as he likes: that must not fill a disk. */
		size_t most = e->kind == AUDIT_DENY ? AUDIT_DENIED_ARGV_MAX : AUDIT_ARGV_MAX;
		put_list(w, "argv", e->argv, w->max / 16 * 7 < most ? w->max / 16 * 7 : most);
	}
	if (e->options && e->options[0])
		put_list(w, "options", e->options, AUDIT_OPTIONS_MAX);
	if (e->tty)
		put_true(w, "tty");
	put_namespaces(w, e->ns);
	put_text(w, "rule", e->rule);
	put_text(w, "decision", e->decision);
	if (e->record)
		put_true(w, "record");
}

static void put_end(struct writer *w, const struct audit_event *e)
{
	static const char *const streams[] = {"bytes_in", "bytes_out", "bytes_err"};
	put_number(w, e->exited ? "exit" : "signal", e->number);
	put_number(w, "duration_ms", e->duration_ms);
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++)
		if (e->relayed[i])
			put_unsigned(w, streams[i], e->bytes[i]);
}

void audit_event_write_within(const struct audit_event *e, size_t max, struct buf *to)
{
	static const char *const kinds[] = {
		[AUDIT_START] = "start", [AUDIT_DENY] = "deny", [AUDIT_END] = "end", [AUDIT_ENDING] = "ending"};
	struct writer w = {.to = to, .max = max, .first = true};
	buf_puts(to, "{");
	put_time(&w, e->wall_ms);
	put_number(&w, "boot_ms", e->monotonic_ms);
	put_text(&w, "event", kinds[e->kind]);
	put_text(&w, "session", e->session);
	if (e->kind == AUDIT_END) {
		put_end(&w, e);
	} else {
		put_who(&w, e);
		put_what(&w, e);
	}
	put_text_max(&w, "reason", e->reason, max / 16);
	if (w.cut)
		put_true(&w, "cut");
}

void audit_event_write(const struct audit_event *e, struct buf *to)
{
	audit_event_write_within(e, AUDIT_LINE_MAX - AUDIT_TAIL_MAX, to);
}

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

int audit_session_id(char ret[AUDIT_ID_LEN + 1])
{
	unsigned char bytes[17] = {0}; /* 128 bits, and the two that fill the last digit */
	if (getrandom(bytes, 16, 0) != 16)
		return -errno;
	for (size_t i = 0; i < AUDIT_ID_LEN; i++) {
		unsigned pair = (unsigned)bytes[i * 5 / 8] << 8 | bytes[i * 5 / 8 + 1];
		ret[i] = base32[pair >> (11 - i * 5 % 8) & 31];
	}
	ret[AUDIT_ID_LEN] = '\0';
	return 0;
}

bool audit_is_session_id(const char *text)
{
	return strspn(text, base32) == AUDIT_ID_LEN && text[AUDIT_ID_LEN] == '\0';
}

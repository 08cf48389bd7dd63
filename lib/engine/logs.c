/* SPDX-License-Identifier: ISC */
#include "logs.h"

#include <errno.h>
#include <string.h>

static int flush(struct logs *l)
{
	size_t len = l->out_len;
	l->out_len = 0;
	return len ? l->write(l->arg, l->out_stream, l->out, len) : 0;
}

/* Lines are short, and a write for each would be most of the work. */
static int put(struct logs *l, const char *data, size_t len)
{
	int r = 0;
	if (len == 0 || l->skipping)
		return 0;
	l->continues[l->stream] = data[len - 1] != '\n';
	if (l->out_stream != l->stream || len > sizeof(l->out) - l->out_len)
		r = flush(l);
	l->out_stream = l->stream;
	if (r == 0 && len > sizeof(l->out))
		return l->write(l->arg, l->stream, data, len);
	if (r == 0) {
		memcpy(l->out + l->out_len, data, len);
		l->out_len += len;
	}
	return r;
}

static void begin_time(struct logs *l)
{
	l->in_time = l->timestamps;
	l->time_len = 0;
}

static void note_time(struct logs *l, int64_t ns)
{
	if (ns > l->last_ns) {
		l->last_ns = ns;
		l->last_count = 0;
	}
	if (ns > 0 && ns == l->last_ns && l->last_count < UINT32_MAX)
		l->last_count++;
	if (ns > 0 && ns == l->skip_ns && l->skip > 0) {
		l->skip--;
		l->skipping = true;
	}
}

/*
 * The word at the beginning is whole, or too long for a time. In the middle of a line, which engines send in pieces, a
 * time is never shown.
 */
static int end_time(struct logs *l, bool blank)
{
	int64_t ns = blank ? rfc3339_parse(l->time, l->time_len) : -1;
	bool hide = ns >= 0 && (l->strip || l->continues[l->stream]);
	l->in_time = false;
	note_time(l, ns);
	if (hide)
		return 0;
	int r = put(l, l->time, l->time_len);
	return r == 0 && blank ? put(l, " ", 1) : r;
}

/* Reads of a timestamp what there is of it; *ret_used bytes of data. */
static int feed_time(struct logs *l, const char *data, size_t len, size_t *ret_used)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == ' ') {
			*ret_used = i + 1;
			return end_time(l, true);
		}
		/* The byte that makes it none is of the line. */
		if (data[i] == '\n' || l->time_len == sizeof(l->time)) {
			*ret_used = i;
			return end_time(l, false);
		}
		l->time[l->time_len++] = data[i];
	}
	*ret_used = len;
	return 0;
}

static int feed_piece(struct logs *l, const char *data, size_t len)
{
	size_t used = 0;
	int r = l->in_time ? feed_time(l, data, len, &used) : 0;
	return r == 0 ? put(l, data + used, len - used) : r;
}

/* Every line begins with a time, as nothing but its end says where the next one begins. */
static int feed_terminal(struct logs *l, const char *data, size_t len)
{
	int r = 0;
	while (r == 0 && len > 0) {
		if (!l->in_line)
			begin_time(l);
		const char *newline = l->timestamps ? memchr(data, '\n', len) : NULL;
		size_t n = newline ? (size_t)(newline - data) + 1 : len;
		r = feed_piece(l, data, n);
		l->in_line = !newline;
		data += n;
		len -= n;
	}
	return r;
}

/* Stream 0 is stdin, which engines have no use for here; 3 is the engine's own complaint about the stream. */
static int end_header(struct logs *l)
{
	static const unsigned char zero[3];
	const unsigned char *h = l->header;
	l->header_len = 0;
	l->skipping = false;
	if (h[0] < 1 || h[0] > 2 || memcmp(h + 1, zero, sizeof(zero)) != 0) {
		l->bad = true;
		return -EBADMSG;
	}
	l->stream = h[0] == 1 ? LOGS_STDOUT : LOGS_STDERR;
	l->left = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];
	if (l->left > 0)
		begin_time(l);
	return 0;
}

static int feed_frame(struct logs *l, const char *data, size_t len)
{
	int r = feed_piece(l, data, len);
	l->left -= (uint32_t)len;
	return r == 0 && l->left == 0 && l->in_time ? end_time(l, false) : r;
}

static int feed_frames(struct logs *l, const char *data, size_t len)
{
	int r = 0;
	while (r == 0 && len > 0) {
		size_t n = l->left > 0 ? l->left : LOGS_HEADER - l->header_len;
		if (n > len)
			n = len;
		if (l->left > 0) {
			r = feed_frame(l, data, n);
		} else {
			memcpy(l->header + l->header_len, data, n);
			l->header_len += n;
			r = l->header_len == LOGS_HEADER ? end_header(l) : 0;
		}
		data += n;
		len -= n;
	}
	return r;
}

int logs_feed(struct logs *l, const void *data, size_t len)
{
	int r = l->bad ? -EBADMSG : l->tty ? feed_terminal(l, data, len) : feed_frames(l, data, len);
	int flushed = flush(l);
	return flushed != 0 ? flushed : r;
}

bool logs_is_whole(const struct logs *l)
{
	return !l->bad && l->left == 0 && l->header_len == 0;
}

int logs_end(struct logs *l)
{
	int r = l->in_time && l->time_len > 0 ? end_time(l, false) : 0;
	int flushed = flush(l);
	return r != 0 ? r : flushed;
}

/* SPDX-License-Identifier: ISC */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink.h"

enum { LARGE = 64 << 10 };

int source_open(struct source *s, int fd, const struct transfer_report *report)
{
	*s = (struct source){.fd = fd, .data = malloc(SOURCE_SIZE), .report = report};
	if (fcntl(fd, F_GETPIPE_SZ) < 0)
		s->no_splice = true;
	else
		fcntl(fd, F_SETPIPE_SZ, SINK_PIPE);
	return s->data ? 0 : -ENOMEM;
}

int source_open_memory(struct source *s, const void *data, size_t len)
{
	*s = (struct source){.fd = -EBADF, .data = malloc(len > SOURCE_SIZE ? len : SOURCE_SIZE), .no_splice = true};
	if (!s->data)
		return -ENOMEM;
	if (len > 0)
		memcpy(s->data, data, len);
	s->end = len;
	return 0;
}

void source_done(struct source *s)
{
	free(s->data);
	s->data = NULL;
}

static ssize_t read_some(struct source *s, void *to, size_t len)
{
	if (s->fd < 0)
		return 0;
	for (;;) {
		ssize_t n = read(s->fd, to, len);
		if (n >= 0 || errno != EINTR)
			return n < 0 ? -errno : n;
	}
}

/* Has at least one byte in the buffer: 0, -ENODATA or -errno. */
static int fill(struct source *s)
{
	if (s->start < s->end)
		return 0;
	s->start = s->end = 0;
	ssize_t n = read_some(s, s->data, SOURCE_SIZE);
	if (n <= 0)
		return n < 0 ? (int)n : -ENODATA;
	s->end = (size_t)n;
	return 0;
}

static size_t in_buffer(const struct source *s, uint64_t len)
{
	return s->end - s->start < len ? s->end - s->start : (size_t)len;
}

int source_read(struct source *s, void *to, size_t len)
{
	char *next = to;
	while (len > 0) {
		int r = fill(s);
		if (r < 0)
			return r;
		size_t n = in_buffer(s, len);
		memcpy(next, s->data + s->start, n);
		s->start += n;
		next += n;
		len -= n;
	}
	return 0;
}

int source_skip(struct source *s, uint64_t len)
{
	while (len > 0) {
		int r = fill(s);
		if (r < 0)
			return r;
		size_t n = in_buffer(s, len);
		s->start += n;
		len -= n;
	}
	return 0;
}

long source_peek(struct source *s, const char **ret, size_t len)
{
	if (len > SOURCE_SIZE)
		return -EINVAL;
	if (s->end - s->start < len && s->start > 0) {
		memmove(s->data, s->data + s->start, s->end - s->start);
		s->end -= s->start;
		s->start = 0;
	}
	while (s->end - s->start < len) {
		ssize_t n = read_some(s, s->data + s->end, SOURCE_SIZE - s->end);
		if (n < 0)
			return n;
		if (n == 0)
			break;
		s->end += (size_t)n;
	}
	*ret = s->data + s->start;
	return (long)in_buffer(s, len);
}

/* What was taken from the stream, of which all is written unless *ret_error says otherwise; 0: not by this way. */
static ssize_t splice_some(struct source *s, int file, uint64_t offset, uint64_t len, int *ret_error)
{
	loff_t to = (loff_t)offset;
	ssize_t n = splice(s->fd, NULL, file, &to, len > SINK_PIPE ? SINK_PIPE : (size_t)len, SPLICE_F_MORE);
	if (n >= 0)
		return n == 0 ? -ENODATA : n;
	if (errno == EINTR)
		return splice_some(s, file, offset, len, ret_error);
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO)
		*ret_error = errno;
	else
		s->no_splice = true; /* a filter or a file system that knows nothing of it */
	return 0;
}

static ssize_t write_some(struct source *s, int file, uint64_t offset, uint64_t len, int *ret_error)
{
	int r = fill(s);
	if (r < 0)
		return r;
	ssize_t n = pwrite(file, s->data + s->start, in_buffer(s, len), (off_t)offset);
	if (n < 0 && errno == EINTR)
		return write_some(s, file, offset, len, ret_error);
	if (n <= 0) {
		*ret_error = n < 0 ? errno : EIO;
		return 0;
	}
	s->start += (size_t)n;
	return n;
}

int source_copy(struct source *s, int file, uint64_t offset, uint64_t len, int *ret_error)
{
	*ret_error = 0;
	while (len > 0 && *ret_error == 0) {
		ssize_t n = s->start == s->end && len >= LARGE && !s->no_splice
				    ? splice_some(s, file, offset, len, ret_error)
				    : write_some(s, file, offset, len, ret_error);
		if (n < 0)
			return (int)n;
		if (s->report)
			transfer_add(s->report, (uint64_t)n, 0);
		offset += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return source_skip(s, len);
}

void source_drain(struct source *s)
{
	while (fill(s) == 0)
		s->start = s->end;
}

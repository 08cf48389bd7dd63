/* SPDX-License-Identifier: ISC */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/io.h"

/* Below that, gathering costs less than another call. */
enum { LARGE = 64 << 10 };

int sink_open(struct sink *s, int fd)
{
	*s = (struct sink){.fd = fd, .data = malloc(SINK_SIZE)};
	/* What may not be is left as it is: the limit of a user's pipes, or a container's filter. */
	if (fcntl(fd, F_GETPIPE_SZ) < 0)
		s->no_splice = true;
	else
		fcntl(fd, F_SETPIPE_SZ, SINK_PIPE);
	return s->data ? 0 : -ENOMEM;
}

void sink_done(struct sink *s)
{
	free(s->data);
	s->data = NULL;
}

int sink_flush(struct sink *s)
{
	int r = s->len ? write_full(s->fd, s->data, s->len) : 0;
	s->len = 0;
	return r;
}

int sink_put(struct sink *s, const void *data, size_t len)
{
	const char *from = data;
	while (len > 0) {
		size_t n = SINK_SIZE - s->len < len ? SINK_SIZE - s->len : len;
		memcpy(s->data + s->len, from, n);
		s->len += n;
		from += n;
		len -= n;
		int r = s->len == SINK_SIZE ? sink_flush(s) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int sink_zeros(struct sink *s, uint64_t len)
{
	while (len > 0) {
		size_t n = SINK_SIZE - s->len < len ? SINK_SIZE - s->len : (size_t)len;
		memset(s->data + s->len, 0, n);
		s->len += n;
		len -= n;
		int r = s->len == SINK_SIZE ? sink_flush(s) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* One piece through the buffer. Returns what was read, 0 at the file's end or after an error, -errno of the writing. */
static ssize_t copy_small(struct sink *s, int file, uint64_t offset, uint64_t len, int *ret_error)
{
	int r = s->len == SINK_SIZE ? sink_flush(s) : 0;
	if (r < 0)
		return r;
	size_t n = SINK_SIZE - s->len < len ? SINK_SIZE - s->len : (size_t)len;
	ssize_t got = pread(file, s->data + s->len, n, (off_t)offset);
	if (got < 0) {
		if (errno == EINTR)
			return copy_small(s, file, offset, len, ret_error);
		*ret_error = errno;
		return 0;
	}
	s->len += (size_t)got;
	return got;
}

/* One piece from file to pipe. As above; -EINVAL: not with this file. */
static ssize_t copy_large(struct sink *s, int file, uint64_t offset, uint64_t len, int *ret_error)
{
	int r = sink_flush(s);
	if (r < 0)
		return r;
	off_t from = (off_t)offset;
	ssize_t n = splice(file, &from, s->fd, NULL, len > SINK_PIPE ? SINK_PIPE : (size_t)len, SPLICE_F_MORE);
	if (n >= 0)
		return n;
	if (errno == EINTR)
		return copy_large(s, file, offset, len, ret_error);
	if (errno == EPIPE)
		return -EPIPE;
	/* A file system without splice, a filter that refuses it, or a file that cannot be read: read(2) tells. */
	s->no_splice = true;
	return copy_small(s, file, offset, len, ret_error);
}

int sink_copy(struct sink *s, int file, uint64_t offset, uint64_t len, uint64_t *ret_read, int *ret_error,
	      const struct transfer_report *report)
{
	uint64_t done = 0;
	*ret_error = 0;
	while (done < len) {
		ssize_t n = len - done >= LARGE && !s->no_splice
				    ? copy_large(s, file, offset + done, len - done, ret_error)
				    : copy_small(s, file, offset + done, len - done, ret_error);
		if (n < 0)
			return (int)n;
		if (n == 0)
			break;
		done += (uint64_t)n;
		transfer_add(report, (uint64_t)n, 0);
	}
	*ret_read = done;
	return sink_zeros(s, len - done);
}

/* SPDX-License-Identifier: ISC */
#include "flow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/priv/creds.h"

enum { ROUNDS = 16, SPLICE_SIZE = 1 << 20 };

int flow_end_own(struct flow_end *e, int fd)
{
	*e = (struct flow_end){.fd = fd, .shared = -1};
	return set_nonblocking(fd, true);
}

/* The same file, with an open file description of our own. */
static int reopen(int fd, bool writing)
{
	int mode = fcntl(fd, F_GETFL) & O_ACCMODE;
	/* Never with a right that the caller's own descriptor does not have. */
	if (mode != O_RDWR && mode != (writing ? O_WRONLY : O_RDONLY))
		return -EBADF;
	char path[40];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, (writing ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int flow_end_open(struct flow_end *e, int fd, bool writing)
{
	struct stat st;
	*e = (struct flow_end){.fd = -EBADF, .shared = -1};
	if (fstat(fd, &st) < 0)
		return -errno;
	e->socket = S_ISSOCK(st.st_mode);
	/* A regular file keeps its offset and O_APPEND, and never blocks for long. */
	bool as_it_is = e->socket || S_ISREG(st.st_mode) || S_ISBLK(st.st_mode);
	e->fd = as_it_is ? -EBADF : reopen(fd, writing);
	if (e->fd >= 0)
		return 0;
	e->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (e->fd < 0)
		return -errno;
	int flags = fcntl(fd, F_GETFL);
	if (as_it_is || flags < 0 || (flags & O_NONBLOCK))
		return 0;
	e->shared = fd;
	return set_nonblocking(fd, true);
}

void flow_end_close(struct flow_end *e)
{
	if (e->shared >= 0)
		set_nonblocking(e->shared, false);
	e->shared = -1;
	e->fd = close_fd(e->fd);
}

void flow_done(struct flow *f)
{
	flow_end_close(&f->from);
	flow_end_close(&f->to);
	cleanup_free_function(&f->buf);
}

bool flow_is_over(const struct flow *f)
{
	return f->to_failed || (f->from_eof && f->len == 0);
}

short flow_wants(const struct flow *f, int *ret_fd)
{
	*ret_fd = -1;
	if (flow_is_over(f))
		return 0;
	bool pending = f->len > 0 || f->full;
	*ret_fd = pending ? f->to.fd : f->from.fd;
	return pending ? POLLOUT : POLLIN;
}

static bool would_block(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void note_failure(struct flow *f)
{
	f->to_failed = !would_block();
	f->error = f->to_failed ? errno : 0;
}

static ssize_t write_some(const struct flow *f)
{
	const char *data = f->buf + f->at;
	if (f->to.socket)
		return send(f->to.fd, data, f->len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (!f->writer)
		return write(f->to.fd, data, f->len);
	int r = creds_write_as(f->writer);
	ssize_t n = r < 0 ? -1 : write(f->to.fd, data, f->len);
	int saved = r < 0 ? -r : errno;
	creds_write_as(0);
	errno = saved;
	return n;
}

/* Returns whether to go on. */
static bool drain(struct flow *f)
{
	while (f->len > 0) {
		ssize_t n = write_some(f);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			note_failure(f);
			return false;
		}
		f->at += (size_t)n;
		f->len -= (size_t)n;
		f->bytes += (uint64_t)n;
	}
	return true;
}

/*
 * What a socket brings beside bytes ends it, and stays open: the kernel would close here what there is no room for, and
 * with the last descriptor of another socket that may take as long as its SO_LINGER says.
 */
static ssize_t receive(const struct flow *f, size_t size)
{
	union {
		char space[CMSG_SPACE(sizeof(int) * IO_FDS_MAX)];
		struct cmsghdr align;
	} control;
	struct iovec part = {f->buf, size};
	struct msghdr msg = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(f->from.fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	bool more = msg.msg_flags & MSG_CTRUNC;
	for (struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL; c; c = CMSG_NXTHDR(&msg, c))
		more |= c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS;
	return n > 0 && more ? 0 : n;
}

static bool fill(struct flow *f)
{
	if (!f->buf) {
		f->buf = malloc(FLOW_BUFFER);
		if (!f->buf) {
			f->to_failed = true;
			return false;
		}
	}
	/* Half is left for a filter that puts back what it had kept. */
	size_t size = f->filter ? FLOW_BUFFER / 2 : FLOW_BUFFER;
	ssize_t n = f->from.socket ? receive(f, size) : read(f->from.fd, f->buf, size);
	if (n < 0 && would_block())
		return false;
	/* EIO: every slave of the pty is closed, or we are in the background of a terminal that is gone. */
	if (n <= 0) {
		f->from_eof = true;
		return false;
	}
	f->at = 0;
	f->len = f->filter ? f->filter(f->filter_arg, f->buf, (size_t)n, FLOW_BUFFER) : (size_t)n;
	return true;
}

/* Without copying, where one end is a pipe. Returns 1 moved, 0 not now, -1 not possible this way. */
static int splice_some(struct flow *f)
{
	int r = f->writer ? creds_write_as(f->writer) : 0;
	ssize_t n =
		r < 0 ? -1 : splice(f->from.fd, NULL, f->to.fd, NULL, SPLICE_SIZE, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
	int saved = r < 0 ? -r : errno;
	if (f->writer)
		creds_write_as(0);
	errno = saved;
	if (n > 0) {
		f->bytes += (uint64_t)n;
		return 1;
	}
	if (n == 0) {
		f->from_eof = true;
		return 0;
	}
	if (errno == EINVAL || errno == ENOSYS || errno == EBADF)
		return -1;
	note_failure(f);
	return 0;
}

static bool splice_waits_for_room(const struct flow *f)
{
	struct pollfd p = {.fd = f->to.fd, .events = POLLOUT};
	return poll(&p, 1, 0) == 0;
}

void flow_step(struct flow *f)
{
	f->full = false;
	for (int i = 0; i < ROUNDS && !flow_is_over(f); i++) {
		if (f->splice && f->len == 0) {
			int moved = splice_some(f);
			if (moved < 0) {
				f->splice = false;
				continue;
			}
			if (moved > 0)
				continue;
			/* EAGAIN does not say which of the two ends it was about. */
			f->full = !flow_is_over(f) && splice_waits_for_room(f);
			return;
		}
		if (f->len > 0 ? !drain(f) : !fill(f))
			return;
		if (f->len > 0 && !drain(f))
			return;
	}
}

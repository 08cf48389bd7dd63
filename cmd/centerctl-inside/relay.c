/* SPDX-License-Identifier: ISC */
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

enum { CHUNK = 1 << 20, BUFFER = 64 << 10 };

/* One direction. */
struct flow {
	int from, to;
	bool splice; /* one end is a pipe: the kernel moves the pages */
	bool full;   /* `to` took nothing the last time: it is waited for */
	bool ended;  /* nothing more comes */
	size_t start, len;
	char buffer[BUFFER];
};

static mode_t type_of(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 ? st.st_mode & S_IFMT : 0;
}

static bool is_again(int code)
{
	return code == -EAGAIN || code == -EINTR;
}

/* Bytes moved, 0 at the end, or -errno. SPLICE_F_NONBLOCK is about the pipe; the socket has O_NONBLOCK. */
static ssize_t move_pages(struct flow *f)
{
	ssize_t n = splice(f->from, NULL, f->to, NULL, CHUNK, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	return n < 0 ? -errno : n;
}

/*
 * The description of 0 and 1 may be shared, so O_NONBLOCK is not for us to set. After POLLOUT a pipe takes PIPE_BUF
 * bytes without waiting, a socket can be told, and files do not wait.
 */
static ssize_t put(const struct flow *f, const char *data, size_t len)
{
	ssize_t n = send(f->to, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno == ENOTSOCK)
		n = write(f->to, data, len < 4096 ? len : 4096);
	return n < 0 ? -errno : n;
}

static ssize_t move_bytes(struct flow *f)
{
	if (f->len == 0) {
		ssize_t n = read(f->from, f->buffer, BUFFER);
		if (n <= 0)
			return n < 0 ? -errno : 0;
		f->start = 0;
		f->len = (size_t)n;
	}
	ssize_t n = put(f, f->buffer + f->start, f->len);
	if (n > 0) {
		f->start += (size_t)n;
		f->len -= (size_t)n;
	}
	return n;
}

/*
 * Takes one step. With splice(2), EAGAIN does not say which of the two ends it was about: the source had something, so
 * it was the sink.
 */
static int step(struct flow *f)
{
	ssize_t n = f->splice ? move_pages(f) : move_bytes(f);
	if (n == -EINVAL && f->splice) {
		f->splice = false; /* a terminal, or a file opened to append */
		return 0;
	}
	if (n == 0)
		f->ended = true;
	f->full = n < 0 && is_again((int)n);
	return n < 0 && !f->full ? (int)n : 0;
}

static void watch(const struct flow *f, struct pollfd *from, struct pollfd *to)
{
	bool pending = f->full || f->len > 0;
	from->fd = f->ended || pending ? -1 : f->from;
	from->events = POLLIN;
	to->fd = f->to;
	/* Asked for nothing, an output still says that nobody reads it any more. */
	to->events = pending && !f->ended ? POLLOUT : 0;
}

/*
 * Whether to take a step. With splice(2) a sink that takes something again leads back to waiting for the source, whose
 * word nobody has then: without that, a source that has nothing would keep us busy.
 */
static bool is_ready(struct flow *f, const struct pollfd *from, const struct pollfd *to)
{
	bool writable = to->revents & (POLLOUT | POLLERR | POLLHUP);
	if (f->ended)
		return false;
	if (f->full && writable)
		f->full = false;
	return (from->fd >= 0 && from->revents) || (f->len > 0 && writable);
}

static int failed(int code, const char *what, struct error *err)
{
	if (code == -ECONNRESET || code == -EPIPE)
		return error_set(err, code, "the connection was reset by the other side");
	return error_errno(err, code, "%s", what);
}

/* 1: goes on, 0: all is done. */
static int turn(struct flow *up, struct flow *down, struct error *err)
{
	struct pollfd p[4] = {{0}};
	watch(up, &p[0], &p[1]);
	watch(down, &p[2], &p[3]);
	/* A socket that has nothing to be told is not asked: what hangs up there is read by the other flow. */
	if (p[1].events == 0)
		p[1].fd = -1;
	if (poll(p, ARRAY_SIZE(p), -1) < 0)
		return errno == EINTR ? 1 : error_errno(err, -errno, "poll(2)");
	if (p[3].revents & (POLLERR | POLLHUP | POLLNVAL))
		return 0; /* nobody reads any more: as in any pipeline, the end */
	if (is_ready(down, &p[2], &p[3])) {
		int r = step(down);
		if (r == -EPIPE)
			return 0;
		if (r < 0)
			return failed(r, "the connection cannot be passed on", err);
		if (down->ended)
			return 0;
	}
	if (is_ready(up, &p[0], &p[1])) {
		int r = step(up);
		/* What the other side has said before it stopped listening is still read. */
		if (r < 0 && r != -EPIPE && r != -ECONNRESET)
			return failed(r, "standard input cannot be passed on", err);
		if (r < 0)
			up->ended = true;
		if (up->ended)
			shutdown(up->to, SHUT_WR);
	}
	return 1;
}

int relay_run(int sock, struct error *err)
{
	static struct flow up, down;
	up = (struct flow){.from = STDIN_FILENO, .to = sock, .splice = S_ISFIFO(type_of(STDIN_FILENO))};
	down = (struct flow){.from = sock, .to = STDOUT_FILENO, .splice = S_ISFIFO(type_of(STDOUT_FILENO))};
	/* Room for what a fast network has in flight; as it is where the limit of pipes is reached. */
	(void)fcntl(STDIN_FILENO, F_SETPIPE_SZ, CHUNK);
	(void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, CHUNK);
	int r;
	do {
		r = turn(&up, &down, err);
	} while (r > 0);
	return r;
}

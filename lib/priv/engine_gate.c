/* SPDX-License-Identifier: ISC */
#include "engine_gate.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/answer.h"

static int connect_error(const struct engine *e, int code, struct error *err)
{
	char at[320];
	if (e->scheme == ENGINE_UNIX)
		snprintf(at, sizeof(at), "unix://%.256s", e->path);
	else
		snprintf(at, sizeof(at), "%.256s port %u", e->host, e->port);
	switch (-code) {
	case ENOENT:
		return error_set(err, code, "no engine at %s: is it running, and is this its address (see --engine)",
				 at);
	case ECONNREFUSED:
		return error_set(err, code,
				 "the engine at %s is not running (connection refused): start it, or name another "
				 "with --engine",
				 at);
	case EACCES:
	case EPERM:
		return error_set(err, code,
				 "permission denied to connect to the engine at %s: run as root or through sudo", at);
	case ETIMEDOUT:
		return error_set(err, code, "the engine at %s does not accept the connection in time", at);
	case ENOTSOCK:
	case EPROTOTYPE:
		return error_set(err, code, "%s is not the socket of an engine", at);
	default:
		return error_errno(err, code, "cannot connect to the engine at %s", at);
	}
}

static int start_connect(const struct engine *e, int fd)
{
	if (e->scheme != ENGINE_UNIX)
		return connect(fd, (const struct sockaddr *)&e->addr, e->addr_len) < 0 ? -errno : 0;
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	if (strlen(e->path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, e->path, strlen(e->path) + 1);
	return connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : 0;
}

int engine_connect(const struct engine *e, int abort_fd, int64_t deadline, struct error *err)
{
	int family = e->scheme == ENGINE_UNIX ? AF_UNIX : e->addr.ss_family;
	if (e->scheme != ENGINE_UNIX && family != AF_INET && family != AF_INET6)
		return error_set(err, -EINVAL, "the engine's address is not of a family that is known");
	cleanup_fd int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return error_errno(err, -errno, "cannot make a socket");
	int r = start_connect(e, fd);
	/* A unix socket with a full backlog says EAGAIN and cannot be polled: a hung engine looks like this. */
	while (r == -EAGAIN && left_ms(deadline) > 0) {
		if (wait_fd_or(-1, 0, abort_fd, now_ms() + 20) == -ECANCELED)
			return -ECANCELED;
		r = start_connect(e, fd);
	}
	if (r == -EAGAIN)
		r = -ETIMEDOUT;
	if (r == -EINPROGRESS) {
		r = wait_fd_or(fd, POLLOUT, abort_fd, deadline);
		int failure = 0;
		socklen_t len = sizeof(failure);
		if (r > 0)
			r = getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &len) < 0 ? -errno : -failure;
	}
	if (r == -ECANCELED)
		return r;
	if (r < 0)
		return connect_error(e, r, err);
	r = set_nonblocking(fd, false);
	return r < 0 ? error_errno(err, r, "cannot set up the connection") : steal_fd(&fd);
}

/* One header line at *at, ended by CR LF; moves behind it. NULL if there is none. */
static const char *take_line(const char **at, const char *end, size_t *ret_len)
{
	const char *line = *at;
	const char *stop = memmem(line, (size_t)(end - line), "\r\n", 2);
	if (!stop)
		return NULL;
	*ret_len = (size_t)(stop - line);
	*at = stop + 2;
	return line;
}

static bool header_is_allowed(const char *line, size_t len)
{
	static const char *const names[] = {"Host: ", "User-Agent: ", "Accept: ", "Connection: close"};
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || (unsigned char)line[i] > 0x7e)
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (len >= strlen(names[i]) && strncasecmp(line, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

bool engine_request_is(const char *text, size_t len, const char *path)
{
	const char *at = text, *end = text + len;
	char first[512];
	int want = snprintf(first, sizeof(first), "GET %s HTTP/1.1", path);
	size_t n;
	const char *line = take_line(&at, end, &n);
	if (!line || want < 0 || n != (size_t)want || memcmp(line, first, n) != 0)
		return false;
	for (;;) {
		line = take_line(&at, end, &n);
		if (!line)
			return false;
		if (n == 0)
			return at == end;
		if (!header_is_allowed(line, n))
			return false;
	}
}

int engine_send_request(int engine, const char *path)
{
	char ours[768];
	int n = snprintf(ours, sizeof(ours),
			 "GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: centerctl\r\nAccept: */*\r\n"
			 "Connection: close\r\n\r\n",
			 path);
	if (n < 0 || (size_t)n >= sizeof(ours))
		return -ENAMETOOLONG;
	return write_full(engine, ours, (size_t)n);
}

int engine_await_request(int inner, int until, const char *path, int abort_fd, int64_t deadline, struct error *err)
{
	char text[ENGINE_REQUEST_MAX];
	size_t len = 0;
	while (!memmem(text, len, "\r\n\r\n", 4)) {
		if (len == sizeof(text))
			return error_set(err, -EACCES,
					 "centerctl-resolve sent too long a request to the engine: refused");
		struct pollfd p[3] = {{.fd = inner, .events = POLLIN},
				      {.fd = until, .events = POLLIN},
				      {.fd = abort_fd, .events = POLLIN}};
		int n = poll(p, 3, left_ms(deadline));
		if (n == 0)
			return -ETIMEDOUT;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 0)
			continue;
		if (p[2].revents)
			return -ECANCELED;
		if (!p[0].revents && p[1].revents)
			return 1; /* it has given up before it asked anything: its answer says why */
		ssize_t got = recv(inner, text + len, sizeof(text) - len, 0);
		if (got <= 0)
			return 1;
		len += (size_t)got;
	}
	if (!engine_request_is(text, len, path))
		return error_set(err, -EACCES,
				 "centerctl-resolve tried another request to the engine than GET %s: refused"
				 ", nothing of it was sent",
				 path);
	return 0;
}

/* Sends what is there of the answer. Returns the bytes, 0 at its end, or -errno. */
static long pass_answer(int engine, int inner)
{
	char data[16384];
	ssize_t n = recv(engine, data, sizeof(data), 0);
	if (n < 0)
		return -errno;
	if (n == 0)
		return 0;
	for (ssize_t at = 0; at < n;) {
		ssize_t sent = send(inner, data + at, (size_t)(n - at), MSG_NOSIGNAL);
		if (sent < 0)
			return -errno;
		at += sent;
	}
	return n;
}

int engine_gate(int inner, int engine, int until, const char *path, size_t most, int abort_fd, int64_t deadline,
		struct error *err)
{
	int r = engine_await_request(inner, until, path, abort_fd, deadline, err);
	if (r != 0)
		return r > 0 ? 0 : r;
	size_t passed = 0;
	/* Bounded writes: a peer that does not read is noticed by the deadline. */
	struct timeval limit = {.tv_sec = 2};
	setsockopt(inner, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	for (;;) {
		struct pollfd p[3] = {{.fd = engine, .events = POLLIN},
				      {.fd = until, .events = POLLIN},
				      {.fd = abort_fd, .events = POLLIN}};
		int n = poll(p, 3, left_ms(deadline));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ETIMEDOUT;
		if (p[2].revents)
			return -ECANCELED;
		if (p[1].revents)
			return 0;
		if (left_ms(deadline) == 0)
			return -ETIMEDOUT;
		long moved = pass_answer(engine, inner);
		if (moved == -EPIPE || moved == -ECONNRESET || moved == 0) {
			shutdown(inner, SHUT_RDWR);
			return 0;
		}
		if (moved < 0)
			return (int)moved;
		passed += (size_t)moved;
		if (passed > most)
			return error_set(err, -EFBIG, "the engine's answer is larger than %zu MiB: refused",
					 most >> 20);
	}
}

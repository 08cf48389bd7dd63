/* SPDX-License-Identifier: ISC */
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/tool/rsp.h"
#include "process.h"

static const char root[] = "/target";

/* What may wait for one side before the other is not read any more. */
enum { WAITING_MAX = 1024 * 1024, INTERRUPT_MS = 1000 };

/* The file at the end of the container's own links; NULL if there is none, or this kernel cannot tell. */
static char *follow_inside(const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	char link[64], real[PATH_MAX];
	cleanup_fd int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int fd = at < 0 ? -EBADF : (int)syscall(SYS_openat2, at, path, &how, sizeof(how));
	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, real, sizeof(real) - 1);
	if (len < (ssize_t)sizeof(root) || memcmp(real, root, sizeof(root) - 1) != 0 || real[sizeof(root) - 1] != '/')
		return NULL;
	real[len] = '\0';
	return strdup(real);
}

/* gdbserver follows links as they are for it: one to /usr/lib leads into the toolbox. */
static char *resolve(const char *path, bool follow)
{
	char *real = follow ? follow_inside(path) : NULL;
	if (!real && asprintf(&real, "%s%s", root, path) < 0)
		return NULL;
	return real;
}

/* At most what a pipe that says it has room is sure to have, so that no write waits. */
static int flush_some(int fd, struct buf *waiting)
{
	size_t len = waiting->len < PIPE_BUF ? waiting->len : PIPE_BUF;
	ssize_t n = write(fd, waiting->data, len);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	memmove(waiting->data, waiting->data + n, waiting->len - (size_t)n);
	waiting->len -= (size_t)n;
	return 0;
}

/* Bytes, 0 at the end, -EAGAIN for none yet. */
static ssize_t read_some(int fd, char *to, size_t size)
{
	ssize_t n = read(fd, to, size);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? -EAGAIN : errno == EIO || errno == ECONNRESET ? 0 : -errno;
	return n;
}

struct relay {
	struct rsp rsp;
	struct buf to_client, to_server;
	bool client_gone, server_gone;
	bool stopped; /* by us, with a signal that gdbserver hands on when it detaches */
};

static int read_client(struct relay *r, int fd)
{
	char data[16384];
	ssize_t n = read_some(fd, data, sizeof(data));
	if (n == 0)
		r->client_gone = true;
	return n > 0	      ? rsp_from_client(&r->rsp, data, (size_t)n, &r->to_server, &r->to_client)
	       : n == -EAGAIN ? 0
			      : (int)n;
}

static int read_server(struct relay *r, int fd)
{
	char data[16384];
	ssize_t n = read_some(fd, data, sizeof(data));
	if (n == 0)
		r->server_gone = true;
	return n > 0 ? rsp_from_server(&r->rsp, data, (size_t)n, &r->to_client) : n == -EAGAIN ? 0 : (int)n;
}

/* Who has gone takes what was meant for it along; what it said before still arrives. */
static bool is_over(const struct relay *r)
{
	return (r->client_gone && r->to_server.len == 0) || (r->server_gone && r->to_client.len == 0);
}

static int flush_to(int fd, short revents, struct buf *waiting, bool *gone)
{
	int r = revents & (POLLOUT | POLLERR | POLLHUP) && waiting->len > 0 ? flush_some(fd, waiting) : 0;
	if (r != -EPIPE && r != -ECONNRESET)
		return r;
	*gone = true;
	waiting->len = 0;
	return 0;
}

/*
 * SIGINT, which gdb expects, and takes away again. But whoever waits for signals with it blocked, as the first
 * processes of containers do, does not stop at it, and hands it on to its children: that one gets what nobody can
 * block.
 */
static int stop_signal(pid_t pid)
{
	cleanup_free char *status = NULL;
	const char *blocked = process_read(pid, "status", &status, NULL) == 0 ? status_value(status, "SigBlk") : NULL;
	return blocked && strtoull(blocked, NULL, 16) >> (SIGINT - 1) & 1 ? SIGSTOP : SIGINT;
}

static int relay_ready(struct relay *r, const struct relay_ends *e, const struct pollfd *p)
{
	int result = flush_to(e->client_out, p[2].revents, &r->to_client, &r->client_gone);
	if (result == 0)
		result = flush_to(e->server_out, p[3].revents, &r->to_server, &r->server_gone);
	if (result == 0 && p[0].revents)
		result = read_client(r, e->client_in);
	if (result == 0 && p[1].revents)
		result = read_server(r, e->server_in);
	if (r->rsp.interrupted)
		kill(e->pid, stop_signal(e->pid));
	r->rsp.interrupted = false;
	return result;
}

static int relay_loop(struct relay *r, const struct relay_ends *e)
{
	int result = 0;
	while (result == 0 && !is_over(r)) {
		bool hears_client = !r->client_gone && r->to_server.len < WAITING_MAX && r->to_client.len < WAITING_MAX;
		bool hears_server = !r->server_gone && r->to_client.len < WAITING_MAX;
		struct pollfd p[] = {{hears_client ? e->client_in : -1, POLLIN, 0},
				     {hears_server ? e->server_in : -1, POLLIN, 0},
				     {r->to_client.len > 0 ? e->client_out : -1, POLLOUT, 0},
				     {r->to_server.len > 0 ? e->server_out : -1, POLLOUT, 0},
				     {e->signals, POLLIN, 0}};
		if (poll(p, ARRAY_SIZE(p), -1) < 0) {
			result = errno == EINTR ? 0 : -errno;
			continue;
		}
		if (p[4].revents)
			return 0;
		result = relay_ready(r, e, p);
	}
	return result;
}

/* Whether the stop that was reported is the signal's, in gdb's numbers, or the process has ended. */
static bool is_stopped_by(const struct relay *r, int signal)
{
	const char *reply = r->rsp.reply;
	if (r->rsp.reply_len < sizeof(r->rsp.reply))
		return false;
	return *reply == 'W' || *reply == 'X' || memcmp(reply + 1, signal == SIGSTOP ? "11" : "02", 2) == 0;
}

/*
 * Something else may have stopped it at the same moment. Our signal waits for it then, and would end it as soon as it
 * is let go; so it goes on until the signal is what is reported, and nobody gets it.
 */
static void stop_process(struct relay *r, const struct relay_ends *e)
{
	int64_t deadline = now_ms() + INTERRUPT_MS;
	int signal = stop_signal(e->pid);
	if (kill(e->pid, signal) < 0)
		return;
	r->stopped = signal == SIGSTOP;
	while (!r->server_gone && wait_fd(e->server_in, POLLIN, deadline) > 0) {
		if (read_server(r, e->server_in) < 0)
			return;
		r->to_client.len = 0;
		if (r->rsp.runs)
			continue;
		if (!r->rsp.no_acks && write_full(e->server_out, "+", 1) < 0)
			return;
		if (is_stopped_by(r, signal))
			return;
		if (write_full(e->server_out, "$c#63", 5) < 0)
			return;
		r->rsp.runs = true;
	}
}

static void take_points_out(const struct relay *r, const struct relay_ends *e)
{
	cleanup_buf struct buf farewell = {0};
	if (rsp_add_farewell(&r->rsp, &farewell) == 0)
		(void)!write_full(e->server_out, farewell.data, farewell.len);
}

void relay_drain(int fd)
{
	char data[4096];
	while (wait_fd(fd, POLLIN, 0) > 0 && read(fd, data, sizeof(data)) > 0)
		;
}

int relay_run(const struct relay_ends *e, bool *ret_stopped)
{
	struct relay r = {.rsp = {.resolve = resolve, .strict = e->strict}};
	int result = relay_loop(&r, e);
	/* What gdbserver has of a request it waits for the end of: nothing of ours can follow that. */
	bool listens = !r.server_gone && rsp_is_between(&r.rsp) &&
		       write_full(e->server_out, r.to_server.data, r.to_server.len) == 0;
	if (listens && r.rsp.runs)
		stop_process(&r, e);
	if (listens && !r.rsp.runs)
		take_points_out(&r, e);
	*ret_stopped = r.stopped;
	rsp_done(&r.rsp);
	buf_done(&r.to_client);
	buf_done(&r.to_server);
	return result;
}

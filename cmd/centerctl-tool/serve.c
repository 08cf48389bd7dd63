/* SPDX-License-Identifier: ISC */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "find.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/say.h"
#include "lib/tool/listen.h"
#include "relay.h"

/* What gdbserver has to detach in when its client has gone. */
enum { DETACH_MS = 3000 };

struct server {
	pid_t pid;
	int in, out; /* its stdin and stdout */
};

/*
 * It is attached only now, when there is a client: else the process stood still until one comes. gdbserver detaches
 * when its stdin ends, so also when we are killed.
 */
static int start_server(const struct tool_options *o, pid_t target, struct server *ret, struct error *err)
{
	int in[2], out[2];
	char number[16];
	snprintf(number, sizeof(number), "%d", target);
	char *argv[] = {(char *)"gdbserver", (char *)"--once", (char *)"--attach", (char *)"stdio", number, NULL};
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		return error_errno(err, -errno, "pipe(2)");
	pid_t pid = fork();
	if (pid < 0)
		return error_errno(err, -errno, "fork(2)");
	if (pid == 0) {
		sigset_t none;
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		/*
		 * Whoever ends the session signals all of its processes. A gdbserver that dies of that, or of a client
		 * that does not read any more, leaves its breakpoints in the process, which dies of the next one.
		 */
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		if (dup2(in[0], STDIN_FILENO) < 0 || dup2(out[1], STDOUT_FILENO) < 0)
			_exit(125);
		_exit(find_and_execute(o, argv));
	}
	close(in[0]);
	close(out[1]);
	*ret = (struct server){.pid = pid, .in = in[1], .out = out[0]};
	return 0;
}

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* It detaches when its stdin ends. If it does not, it is killed: a tracer that ends lets go of what it traced. */
static int end_server(struct server *s)
{
	int status;
	int64_t deadline = now_ms() + DETACH_MS;
	s->in = close_fd(s->in);
	for (;;) {
		pid_t r = waitpid(s->pid, &status, WNOHANG);
		if (r != 0)
			return r < 0 ? 125 : exit_code(status);
		if (now_ms() > deadline)
			kill(s->pid, SIGKILL);
		relay_drain(s->out);
		poll(NULL, 0, 5);
	}
}

static int serve_client(const struct tool_options *o, pid_t pid, int in, int out, bool strict, int signals)
{
	struct error err;
	struct server s = {.in = -EBADF, .out = -EBADF};
	if (start_server(o, pid, &s, &err) < 0)
		return say_error(&err);
	const struct relay_ends ends = {.client_in = in,
					.client_out = out,
					.server_in = s.out,
					.server_out = s.in,
					.signals = signals,
					.pid = pid,
					.strict = strict};
	bool stopped = false;
	int r = relay_run(&ends, &stopped);
	int code = end_server(&s);
	if (stopped)
		kill(pid, SIGCONT);
	close(s.out);
	if (r < 0) {
		error_errno(&err, r, "between gdb and gdbserver");
		return say_error(&err);
	}
	return code;
}

static int open_listener(const struct listen_at *at, const char *where, uint16_t *ret_port, struct error *err)
{
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	uint16_t port;
	int on = 1;
	cleanup_fd int fd = socket(at->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(err, -errno, "socket(2)");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&at->address, at->len) < 0 || listen(fd, 1) < 0)
		return error_errno(err, -errno, "gdbserver cannot listen on %s of the container's network", where);
	if (getsockname(fd, (struct sockaddr *)&bound, &len) < 0)
		return error_errno(err, -errno, "getsockname(2)");
	/* At the same place for both families. */
	memcpy(&port, (const char *)&bound + 2, sizeof(port));
	*ret_port = (uint16_t)(port >> 8 | port << 8);
	return steal_fd(&fd);
}

static int accept_one(int listener, int signals)
{
	struct pollfd p[] = {{listener, POLLIN, 0}, {signals, POLLIN, 0}};
	while (poll(p, ARRAY_SIZE(p), -1) < 0)
		if (errno != EINTR)
			return -errno;
	if (p[1].revents)
		return -ECANCELED;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int serve_network(const struct tool_options *o, const struct listen_at *at, const char *where, pid_t pid,
			 int signals)
{
	struct error err;
	uint16_t port = 0;
	cleanup_fd int listener = open_listener(at, where, &port, &err);
	if (listener < 0)
		return say_error(&err);
	error_set(&err, 0,
		  "gdbserver waits for one connection to port %u of the network of %s; who comes first controls "
		  "process %d",
		  port, o->target ? o->target : "the container", pid);
	say(err.text);
	cleanup_fd int client = accept_one(listener, signals);
	if (client == -ECANCELED)
		return 128 + SIGTERM;
	if (client < 0) {
		error_errno(&err, client, "accept(2)");
		return say_error(&err);
	}
	listener = close_fd(listener);
	return serve_client(o, pid, client, client, true, signals);
}

int serve(const struct tool_options *o, const char *where, pid_t pid)
{
	struct error err;
	struct listen_at at;
	cleanup_free char *path = NULL;
	sigset_t ends;
	if (listen_parse(where, &at, &err) < 0)
		return say_error(&err);
	/* Said now rather than to who connects. */
	if (find_program("gdbserver", &path) < 0)
		return find_and_execute(o, (char *[]){(char *)"gdbserver", NULL});
	if (at.stdio && isatty(STDIN_FILENO)) {
		error_set(
			&err, -EINVAL,
			"gdbserver stdio speaks to a gdb, not to a terminal: gdb -ex 'target remote | centerctl debug "
			"%s --gdbserver stdio --pid %d'",
			o->target ? o->target : "TARGET", pid);
		return say_error(&err);
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	cleanup_fd int signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0) {
		error_errno(&err, -errno, "signalfd(2)");
		return say_error(&err);
	}
	return at.stdio ? serve_client(o, pid, STDIN_FILENO, STDOUT_FILENO, false, signals)
			: serve_network(o, &at, where, pid, signals);
}

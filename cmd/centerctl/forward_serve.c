/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "entry.h"
#include "forward.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/exec_request.h"
#include "lib/client/report.h"

enum { END_MS = 5000, PAUSE_MS = 100 };

struct server {
	const struct forward_options *options;
	const struct forward_socket *sockets;
	size_t count;
	int signals;
	sigset_t mask; /* as it was */
	pid_t children[FORWARD_CONNECTIONS_MAX];
	size_t child_count;
	bool over;
};

static const int endings[] = {SIGINT, SIGTERM, SIGHUP};

/* A signal that is ignored already (nohup) stays so. */
static int open_signals(struct server *s)
{
	sigset_t set;
	struct sigaction now;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (sigaction(endings[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&set, endings[i]);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, &s->mask);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals < 0 ? -errno : 0;
}

/* [HOST:]PORT, as dial wants it. */
static void put_port(const struct port_forward *w, struct buf *to)
{
	if (w->host)
		buf_printf(to, strchr(w->host, ':') ? "[%s]:" : "%s:", w->host);
	buf_printf(to, "%u", w->port);
}

/* A session of its own, whose input and output is the connection; VERB_SHOW: only whether there would be one. */
static int dial(const struct forward_options *o, const struct port_forward *w, enum verb verb, struct error *err)
{
	bool json;
	char number[8];
	cleanup_buf struct buf request = {0};
	cleanup_exec_options struct exec_options e = {.tty = CHOICE_NO};
	struct request *r = &e.request;
	*r = (struct request){.verb = verb, .service = SERVICE_DIAL, .ns = NS_ALL};
	snprintf(number, sizeof(number), "%u", w->port);
	if (str_set(&r->target, w->target) < 0 || (w->host && strv_add(&r->command, w->host) < 0) ||
	    strv_add(&r->command, number) < 0 || (o->user && str_set(&r->user, o->user) < 0) ||
	    (o->engine && str_set(&e.engine, o->engine) < 0))
		return error_errno(err, -ENOMEM, "the connection");
	int result = entry_complete(&e, err);
	if (result == 0)
		result = exec_request_encode(r, &request, err);
	struct session_setup setup = exec_request_setup(&e, &json);
	return result < 0 ? result : session_run(&setup, &request, err);
}

/* The words are of letters that no shell and no gate looks at twice: forward.c has seen to that. */
static int dial_by_ssh(const struct forward_options *o, const struct port_forward *w, enum verb verb, struct error *err)
{
	cleanup_buf struct buf port = {0};
	put_port(w, &port);
	if (!buf_text(&port))
		return error_errno(err, -ENOMEM, "the connection");
	char *argv[11] = {(char *)"ssh", (char *)"-T", (char *)"--", o->ssh, (char *)"dial"};
	size_t n = 5;
	if (verb == VERB_SHOW)
		argv[n++] = (char *)"--show";
	if (o->user) {
		argv[n++] = (char *)"-u";
		argv[n++] = o->user;
	}
	argv[n++] = w->target;
	argv[n++] = port.data;
	execvp("ssh", argv);
	return error_errno(err, -errno, "cannot execute ssh");
}

static int connect_to(const struct forward_options *o, const struct port_forward *w, enum verb verb, struct error *err)
{
	return o->ssh ? dial_by_ssh(o, w, verb, err) : dial(o, w, verb, err);
}

/* Through ssh each question is a connection, and perhaps a password: there one for each container is enough. */
static bool is_asked(const struct forward_options *o, const struct forward_socket *sockets, size_t which)
{
	const struct port_forward *w = &sockets[which].what;
	for (size_t i = 0; i < which; i++) {
		const struct port_forward *before = &sockets[i].what;
		if (str_eq(w->target, before->target) &&
		    (o->ssh ||
		     (w->port == before->port && str_eq(w->host ? w->host : "", before->host ? before->host : ""))))
			return true;
	}
	return false;
}

_Noreturn static void ask_one(const struct forward_options *o, const struct port_forward *w, pid_t parent)
{
	struct error err = ERROR_INIT;
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(EXIT_OURS);
	int r = nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0
			? error_errno(&err, -errno, "cannot open /dev/null")
			: connect_to(o, w, VERB_SHOW, &err);
	_exit(r < 0 ? report_error(&err) : r);
}

int forward_check(const struct forward_options *o, const struct forward_socket *sockets, size_t count,
		  struct error *err)
{
	pid_t self = getpid();
	for (size_t i = 0; i < count; i++) {
		int status = 0;
		if (is_asked(o, sockets, i))
			continue;
		pid_t pid = fork();
		if (pid == 0)
			ask_one(o, &sockets[i].what, self);
		if (pid < 0)
			return error_errno(err, -errno, "cannot make a process");
		while (waitpid(pid, &status, 0) < 0)
			if (errno != EINTR)
				return error_errno(err, -errno, "waitpid(2)");
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			return EXIT_OURS;
	}
	return 0;
}

/* The child: everything but the connection is the parent's. */
_Noreturn static void serve_one(const struct server *s, const struct forward_socket *from, int connection, pid_t parent)
{
	struct error err = ERROR_INIT;
	int r = 0;
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(EXIT_OURS);
	if (dup2(connection, STDIN_FILENO) < 0 || dup2(connection, STDOUT_FILENO) < 0)
		r = error_errno(&err, -errno, "dup2(2)");
	close(connection);
	close(s->signals);
	for (size_t i = 0; i < s->count; i++)
		close(s->sockets[i].fd);
	if (r == 0)
		r = connect_to(s->options, &from->what, VERB_EXEC, &err);
	_exit(r < 0 ? report_error(&err) : r);
}

static void accept_one(struct server *s, const struct forward_socket *from)
{
	struct error err;
	pid_t self = getpid();
	cleanup_fd int connection = accept4(from->fd, NULL, NULL, SOCK_CLOEXEC);
	if (connection < 0) {
		/* Descriptors or memory ran out: later there may be some again. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			poll(NULL, 0, PAUSE_MS);
		return;
	}
	setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	pid_t pid = fork();
	if (pid == 0)
		serve_one(s, from, connection, self);
	if (pid > 0) {
		s->children[s->child_count++] = pid;
		return;
	}
	error_errno(&err, -errno, "cannot serve a connection to %s", from->local);
	report_error(&err);
}

static void reap(struct server *s)
{
	pid_t pid;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < s->child_count; i++)
			if (s->children[i] == pid) {
				s->children[i] = s->children[--s->child_count];
				break;
			}
}

static void on_signals(struct server *s)
{
	struct signalfd_siginfo info;
	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			s->over = true;
	reap(s);
}

static int turn(struct server *s, struct error *err)
{
	struct pollfd p[FORWARD_SOCKETS_MAX + 1] = {{.fd = s->signals, .events = POLLIN}};
	/* When there are too many, the others wait in the kernel's queue. */
	bool full = s->child_count == FORWARD_CONNECTIONS_MAX;
	for (size_t i = 0; i < s->count; i++)
		p[i + 1] = (struct pollfd){.fd = full ? -1 : s->sockets[i].fd, .events = POLLIN};
	if (poll(p, s->count + 1, -1) < 0)
		return errno == EINTR ? 0 : error_errno(err, -errno, "poll(2)");
	if (p[0].revents)
		on_signals(s);
	for (size_t i = 0; i < s->count && !s->over && s->child_count < FORWARD_CONNECTIONS_MAX; i++)
		if (p[i + 1].revents)
			accept_one(s, &s->sockets[i]);
	return 0;
}

static void signal_children(const struct server *s, int number)
{
	for (size_t i = 0; i < s->child_count; i++)
		kill(s->children[i], number);
}

/* No connection outlives us. */
static void end_children(struct server *s)
{
	int64_t deadline = now_ms() + END_MS;
	signal_children(s, SIGTERM);
	while (s->child_count > 0 && left_ms(deadline) > 0) {
		struct pollfd p = {.fd = s->signals, .events = POLLIN};
		poll(&p, 1, left_ms(deadline) < PAUSE_MS ? left_ms(deadline) : PAUSE_MS);
		on_signals(s);
	}
	signal_children(s, SIGKILL);
	while (s->child_count > 0 && waitpid(s->children[s->child_count - 1], NULL, 0) > 0)
		s->child_count--;
}

int forward_serve(const struct forward_options *o, const struct forward_socket *sockets, size_t count,
		  struct error *err)
{
	struct server s = {.options = o, .sockets = sockets, .count = count};
	int r = open_signals(&s);
	if (r < 0)
		return error_errno(err, r, "cannot make a signalfd");
	while (r == 0 && !s.over)
		r = turn(&s, err);
	end_children(&s);
	close_fd(s.signals);
	sigprocmask(SIG_SETMASK, &s.mask, NULL);
	return r;
}

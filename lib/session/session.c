/* SPDX-License-Identifier: ISC */
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/priv/sys.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"
#include "tree.h"

struct termios_guard {
	int fd;
	struct termios saved;
};

struct termios_guard *termios_guard_new(int fd)
{
	struct termios now;
	if (tcgetattr(fd, &now) < 0)
		return NULL;
	struct termios_guard *g = malloc(sizeof(*g));
	if (g)
		*g = (struct termios_guard){.fd = fd, .saved = now};
	return g;
}

void termios_guard_restore(struct termios_guard *g)
{
	if (!g)
		return;
	/* From the background this would stop us. */
	signal(SIGTTOU, SIG_IGN);
	tcsetattr(g->fd, TCSADRAIN, &g->saved);
}

struct loop {
	struct session *s;
	struct session_result *result;
	int pidfd;
	int64_t timeout_at, kill_at, drain_until;
	int64_t tick_at;
	bool child_ended, hung_up;
	bool input_ended; /* and a terminal that is not line by line has not been told yet */
};

enum { TICK_MS = 100 };

/* To a terminal's command, ^C comes as a byte. Without one, the whole foreground job would have had it. */
static bool is_for_the_group(int sig)
{
	return sig == SIGINT || sig == SIGQUIT || sig == SIGHUP || sig == SIGSTOP || sig == SIGCONT || sig == SIGTSTP;
}

static void deliver_signal(struct loop *l, uint32_t sig)
{
	if (sig == 0 || sig >= NSIG || l->child_ended)
		return;
	bool ends = sig == SIGTERM || sig == SIGINT || sig == SIGQUIT || sig == SIGHUP;
	if (ends && l->s->is_frozen && l->s->is_frozen(l->s->frozen_arg)) {
		l->result->left_by = (int)sig;
		l->hung_up = true;
		return;
	}
	if (is_for_the_group((int)sig) && kill(-l->s->child, (int)sig) == 0)
		return;
	sys_pidfd_send_signal(l->pidfd, (int)sig);
}

static void deliver_size(const struct loop *l, uint32_t rows, uint32_t cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	if (l->s->master >= 0 && rows <= UINT16_MAX && cols <= UINT16_MAX)
		ioctl(l->s->master, TIOCSWINSZ, &size);
}

static void on_channel(struct loop *l)
{
	cleanup_message struct message m = MESSAGE_INIT;
	/* A client that stops in the middle of a message holds nobody but itself. */
	if (message_recv(l->s->channel, 64, 0, -1, now_ms() + 1000, &m) < 0) {
		l->hung_up = true;
		return;
	}
	struct wire w = wire_start(m.data, m.len);
	uint32_t first = m.len >= 4 ? wire_u32(&w) : 0;
	uint32_t second = m.len >= 8 ? wire_u32(&w) : 0;
	if (wire_end(&w) < 0)
		l->hung_up = true;
	else if (m.type == CHANNEL_SIGNAL)
		deliver_signal(l, first);
	else if (m.type == CHANNEL_RESIZE)
		deliver_size(l, first, second);
	else if (m.type == CHANNEL_TTY_READY)
		l->s->await_terminal = false;
}

static void reap(struct loop *l)
{
	/* It stays a zombie until session_run() ends: its number is what we know its session by. */
	siginfo_t info = {0};
	if (waitid(P_PID, (id_t)l->s->child, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != l->s->child)
		return;
	l->child_ended = true;
	l->result->status = info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
	l->drain_until = now_ms() + SESSION_DRAIN_MS;
	/* Nobody reads any more what is typed. */
	flow_done(&l->s->flow[FLOW_IN]);
	l->s->flow_used[FLOW_IN] = false;
}

static bool output_is_over(const struct session *s)
{
	return (!s->flow_used[FLOW_OUT] || flow_is_over(&s->flow[FLOW_OUT])) &&
	       (!s->flow_used[FLOW_ERR] || flow_is_over(&s->flow[FLOW_ERR]));
}

/*
 * The end of piped input to a terminal is typed: ^D. A shell that edits lines itself takes the terminal out of line
 * mode only when it asks for input; what was typed before that it reads as something else, so it is told once more
 * then.
 */
static void end_terminal_input(struct loop *l)
{
	struct termios now;
	if (tcgetattr(l->s->master, &now) < 0)
		return;
	bool by_line = now.c_lflag & ICANON;
	if (by_line && l->input_ended)
		return;
	(void)!write(l->s->master, &now.c_cc[VEOF], 1);
	l->input_ended = by_line;
	if (by_line)
		l->tick_at = now_ms() + TICK_MS;
}

static void after_step(struct loop *l, int which)
{
	struct session *s = l->s;
	struct flow *f = &s->flow[which];
	if (!flow_is_over(f))
		return;
	if (which == FLOW_IN) {
		/* A raw terminal has no end of file: it has been hung up. */
		if (s->terminal && !f->to_failed && !l->child_ended)
			l->hung_up = true;
		else if (s->master >= 0 && !f->to_failed)
			end_terminal_input(l);
		flow_done(f);
		s->flow_used[which] = false;
		return;
	}
	if (!f->to_failed)
		return;
	if (f->error != EPIPE && f->error != ECONNRESET && f->error != EIO)
		l->result->lost = f->error;
	/* Nobody reads what the command writes. A pipe's writer learns it by SIGPIPE; a terminal's is hung up. */
	if (s->master >= 0 && !l->child_ended)
		l->hung_up = true;
	flow_done(f);
	s->flow_used[which] = false;
}

static int64_t next_deadline(const struct loop *l)
{
	int64_t at = INT64_MAX;
	if (l->timeout_at && l->timeout_at < at)
		at = l->timeout_at;
	if (l->kill_at && l->kill_at < at)
		at = l->kill_at;
	if (l->child_ended && l->drain_until < at)
		at = l->drain_until;
	if (l->tick_at && l->tick_at < at)
		at = l->tick_at;
	return at;
}

static void on_tick(struct loop *l)
{
	l->tick_at = 0;
	bool waiting = false;
	for (size_t i = 0; i < ARRAY_SIZE(l->s->stale); i++) {
		pid_t *pid = &l->s->stale[i];
		if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) != 0)
			*pid = 0;
		waiting = waiting || *pid > 0;
	}
	if (l->input_ended && !l->child_ended)
		end_terminal_input(l);
	if (waiting || l->input_ended)
		l->tick_at = now_ms() + TICK_MS;
}

static void on_time(struct loop *l)
{
	int64_t now = now_ms();
	if (l->tick_at && now >= l->tick_at)
		on_tick(l);
	if (l->timeout_at && now >= l->timeout_at && !l->child_ended) {
		l->timeout_at = 0;
		l->kill_at = now + SESSION_TERM_MS;
		l->result->end = SESSION_TIMED_OUT;
		kill(-l->s->child, SIGTERM);
		kill(-l->s->child, SIGCONT);
	}
	if (l->kill_at && now >= l->kill_at) {
		l->kill_at = 0;
		tree_end(l->s->proc, l->s->child, l->s->child_start, 0);
	}
}

static void poll_once(struct loop *l)
{
	struct session *s = l->s;
	struct pollfd p[2 + FLOW_COUNT] = {{.fd = s->channel, .events = POLLIN},
					   {.fd = l->child_ended ? -1 : l->pidfd, .events = POLLIN}};
	for (int i = 0; i < FLOW_COUNT; i++) {
		int fd = -1;
		short events = s->flow_used[i] && !s->await_terminal ? flow_wants(&s->flow[i], &fd) : 0;
		p[2 + i] = (struct pollfd){.fd = events ? fd : -1, .events = events};
	}
	int n = poll(p, 2 + FLOW_COUNT, left_ms(next_deadline(l)));
	if (n < 0 && errno != EINTR)
		l->hung_up = true;
	if (n > 0) {
		for (int i = 0; i < FLOW_COUNT; i++) {
			if (!p[2 + i].revents || !s->flow_used[i])
				continue;
			flow_step(&s->flow[i]);
			after_step(l, i);
		}
		if (p[1].revents)
			reap(l);
		if (p[0].revents)
			on_channel(l);
	}
	on_time(l);
}

static size_t watch_for_detach(void *arg, char *data, size_t len, size_t room)
{
	return detach_filter(arg, data, len, room);
}

/* The client is gone: HUP as a terminal would send it, a moment, KILL. */
static void hang_up(struct loop *l)
{
	struct session *s = l->s;
	l->result->end = SESSION_HUNG_UP;
	termios_guard_restore(s->terminal);
	tree_end(s->proc, s->child, s->child_start, SESSION_GRACE_MS);
	for (int i = 0; i < 500 && !l->child_ended; i++) {
		reap(l);
		usleep(1000);
	}
}

void session_drop(struct session *s)
{
	for (int i = 0; i < FLOW_COUNT; i++) {
		if (s->flow_used[i])
			flow_done(&s->flow[i]);
		s->flow_used[i] = false;
	}
}

void session_run(struct session *s, struct session_result *ret)
{
	*ret = (struct session_result){0};
	struct loop l = {.s = s, .result = ret, .pidfd = sys_pidfd_open(s->child), .tick_at = now_ms() + TICK_MS};
	if (s->timeout_ms)
		l.timeout_at = now_ms() + s->timeout_ms;
	if (s->detach.len && s->flow_used[FLOW_IN]) {
		s->flow[FLOW_IN].filter = watch_for_detach;
		s->flow[FLOW_IN].filter_arg = &s->detach;
	}
	while (!l.hung_up && !s->detach.found) {
		if (l.child_ended && (output_is_over(s) || now_ms() >= l.drain_until))
			break;
		poll_once(&l);
	}
	if (s->detach.found && !l.child_ended)
		ret->end = SESSION_DETACHED;
	else if (l.hung_up)
		hang_up(&l);
	if (ret->end == SESSION_TIMED_OUT)
		tree_end(s->proc, s->child, s->child_start, 0);
	session_drop(s);
	if (l.child_ended)
		waitpid(s->child, NULL, 0);
	close_fd(l.pidfd);
}

void session_linger(struct session *s)
{
	char waste[4096];
	cleanup_fd int pidfd = sys_pidfd_open(s->child);
	for (;;) {
		struct pollfd p[2] = {{.fd = s->master, .events = POLLIN}, {.fd = pidfd, .events = POLLIN}};
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[0].revents && read(s->master, waste, sizeof(waste)) <= 0 && errno != EAGAIN)
			s->master = close_fd(s->master);
		if (p[1].revents)
			break;
	}
	waitpid(s->child, NULL, 0);
}

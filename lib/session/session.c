/* SPDX-License-Identifier: ISC */
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/audit/recorder.h"
#include "lib/audit/running.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/priv/hook.h"
#include "lib/priv/sys.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"
#include "record_filter.h"

struct loop {
	struct session *s;
	struct session_result *result;
	int pidfd;
	int end_fd; /* readable when SESSION_END_SIGNAL has come */
	int64_t timeout_at, kill_at, drain_until;
	int64_t tick_at, idle_at;
	uint64_t moved; /* bytes, when idle_at was set */
	bool child_ended, hung_up;
	enum session_end why; /* of hung_up */
	bool input_ended;     /* and a terminal that is not line by line has not been told yet */
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

static void deliver_size(struct loop *l, uint32_t rows, uint32_t cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	if (l->s->master < 0 || rows > UINT16_MAX || cols > UINT16_MAX)
		return;
	ioctl(l->s->master, TIOCSWINSZ, &size);
	if (l->s->recorder && recorder_resize(l->s->recorder, size.ws_row, size.ws_col) < 0)
		l->s->record_failed = true;
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
	if (l->idle_at && l->idle_at < at)
		at = l->idle_at;
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

static void give_up(struct loop *l, enum session_end why)
{
	if (l->hung_up)
		return;
	l->hung_up = true;
	l->why = why;
}

/* A byte that goes either way puts the end off. */
static void on_idle(struct loop *l, int64_t now)
{
	uint64_t moved = 0;
	for (int i = 0; i < FLOW_COUNT; i++)
		moved += l->s->flow[i].bytes;
	if (moved != l->moved || l->child_ended) {
		l->moved = moved;
		l->idle_at = now + l->s->idle_ms;
	} else if (now >= l->idle_at) {
		give_up(l, SESSION_IDLE);
	}
}

static void on_time(struct loop *l)
{
	int64_t now = now_ms();
	if (l->idle_at)
		on_idle(l, now);
	if (l->tick_at && now >= l->tick_at)
		on_tick(l);
	if (l->timeout_at && now >= l->timeout_at && !l->child_ended) {
		l->timeout_at = 0;
		l->kill_at = now + (l->s->tree.halted ? SESSION_GENTLE_MS : SESSION_TERM_MS);
		l->result->end = SESSION_TIMED_OUT;
		if (l->s->tree.halted)
			tree_hold_traced(&l->s->tree);
		kill(-l->s->child, SIGTERM);
		kill(-l->s->child, SIGCONT);
	}
	if (l->kill_at && now >= l->kill_at) {
		l->kill_at = 0;
		tree_end(&l->s->tree, 0);
	}
}

enum { POLL_CHANNEL, POLL_CHILD, POLL_END, POLL_READER, POLL_FLOWS, POLL_COUNT = POLL_FLOWS + FLOW_COUNT };

/*
 * A connection (sshd gives a socket) that is closed altogether hangs up, even while the command writes nothing. Its
 * half that we read from may be at its end long before.
 */
static int reader_of(const struct session *s)
{
	const struct flow *out = &s->flow[FLOW_OUT];
	return s->flow_used[FLOW_OUT] && out->to.socket ? out->to.fd : -1;
}

static void watch(const struct loop *l, struct pollfd p[POLL_COUNT])
{
	const struct session *s = l->s;
	p[POLL_CHANNEL] = (struct pollfd){.fd = s->channel, .events = POLLIN};
	p[POLL_CHILD] = (struct pollfd){.fd = l->child_ended ? -1 : l->pidfd, .events = POLLIN};
	p[POLL_END] = (struct pollfd){.fd = l->end_fd, .events = POLLIN};
	p[POLL_READER] = (struct pollfd){.fd = reader_of(s)};
	for (int i = 0; i < FLOW_COUNT; i++) {
		int fd = -1;
		short events = s->flow_used[i] && !s->await_terminal ? flow_wants(&s->flow[i], &fd) : 0;
		p[POLL_FLOWS + i] = (struct pollfd){.fd = events ? fd : -1, .events = events};
	}
}

static void poll_once(struct loop *l)
{
	struct session *s = l->s;
	struct pollfd p[POLL_COUNT];
	watch(l, p);
	int n = poll(p, POLL_COUNT, left_ms(next_deadline(l)));
	if (n < 0 && errno != EINTR)
		give_up(l, SESSION_HUNG_UP);
	if (n > 0) {
		for (int i = 0; i < FLOW_COUNT; i++) {
			if (!p[POLL_FLOWS + i].revents || !s->flow_used[i])
				continue;
			flow_step(&s->flow[i]);
			after_step(l, i);
		}
		if (p[POLL_CHILD].revents)
			reap(l);
		if (p[POLL_CHANNEL].revents)
			on_channel(l);
		if (p[POLL_READER].revents & (POLLHUP | POLLERR))
			give_up(l, SESSION_HUNG_UP);
		if (p[POLL_END].revents)
			give_up(l, SESSION_ENDED);
	}
	if (s->record_failed)
		give_up(l, SESSION_UNRECORDED);
	on_time(l);
}

/* The client is gone, or must go: HUP as a terminal would send it, a moment, KILL. */
static void hang_up(struct loop *l)
{
	struct session *s = l->s;
	l->result->end = l->why;
	termios_guard_restore(s->terminal);
	tree_end(&s->tree, SESSION_GRACE_MS);
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

static void end_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SESSION_END_SIGNAL);
}

/* The command's processes begin with an empty mask all the same, see traveller.c. */
void session_hold_end(void)
{
	sigset_t set;
	end_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int open_end_fd(void)
{
	sigset_t set;
	end_set(&set);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void session_run(struct session *s, struct session_result *ret)
{
	*ret = (struct session_result){0};
	struct loop l = {.s = s,
			 .result = ret,
			 .pidfd = sys_pidfd_open(s->child),
			 .end_fd = open_end_fd(),
			 .tick_at = now_ms() + TICK_MS,
			 .why = SESSION_HUNG_UP};
	if (s->timeout_ms)
		l.timeout_at = now_ms() + s->timeout_ms;
	if (s->idle_ms)
		l.idle_at = now_ms() + s->idle_ms;
	for (int i = 0; i < FLOW_COUNT; i++)
		ret->relayed[i] = s->flow_used[i];
	session_set_filters(s);
	while (!l.hung_up && !s->detach.found) {
		if (l.child_ended && (output_is_over(s) || now_ms() >= l.drain_until))
			break;
		poll_once(&l);
	}
	if (s->detach.found && !l.child_ended)
		ret->end = SESSION_DETACHED;
	else if (l.hung_up)
		hang_up(&l);
	hook_barrier("ended");
	if (ret->end == SESSION_TIMED_OUT || (s->tree.halted && ret->end == SESSION_EXITED))
		tree_end(&s->tree, 0);
	if (s->tree.halted)
		ret->continued = halted_continue(s->tree.halted);
	session_drop(s);
	for (int i = 0; i < FLOW_COUNT; i++)
		ret->bytes[i] = s->flow[i].bytes;
	if (l.child_ended)
		waitpid(s->child, NULL, 0);
	close_fd(l.pidfd);
	close_fd(l.end_fd);
}

void session_linger(struct session *s)
{
	char waste[4096];
	cleanup_fd int pidfd = sys_pidfd_open(s->child);
	cleanup_fd int end_fd = open_end_fd();
	for (;;) {
		struct pollfd p[3] = {{.fd = s->master, .events = POLLIN},
				      {.fd = pidfd, .events = POLLIN},
				      {.fd = end_fd, .events = POLLIN}};
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			return;
		if (p[0].revents && read(s->master, waste, sizeof(waste)) <= 0 && errno != EAGAIN)
			s->master = close_fd(s->master);
		if (p[2].revents) {
			tree_end(&s->tree, SESSION_GRACE_MS);
			return;
		}
		if (p[1].revents)
			break;
	}
	waitpid(s->child, NULL, 0);
}

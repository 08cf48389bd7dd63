/* SPDX-License-Identifier: ISC */
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enter_process.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"
#include "report.h"
#include "signals.h"
#include "terminal.h"

struct session {
	const struct session_setup *setup;
	struct enter_process enter;
	struct pid_file pid_file;
	int signals;
	sigset_t waiting; /* signals for a command that does not run yet */
	bool started;
	bool said_why; /* an error has been reported */
	bool channel_open;
	bool over; /* `code` is the exit code, nothing is left to wait for */
	int code;
	int aborted_by;	     /* the signal that ended it before it began; 0: none */
	uint16_t rows, cols; /* as the command's terminal has them */
	int64_t started_at;  /* now_ms() when the command began */
};

/* A peer that has gone says so by its exit. */
static void tell(struct session *s, uint32_t type, const uint32_t *values, size_t count)
{
	cleanup_buf struct buf payload = {0};
	for (size_t i = 0; i < count; i++)
		wire_put_u32(&payload, values[i]);
	message_send(s->enter.channel, type, &payload, NULL, 0);
}

static void tell_signal(struct session *s, int number)
{
	tell(s, CHANNEL_SIGNAL, &(uint32_t){(uint32_t)number}, 1);
}

static void tell_size(struct session *s, bool always)
{
	uint16_t rows, cols;
	terminal_size(&rows, &cols);
	if (!always && rows == s->rows && cols == s->cols)
		return;
	s->rows = rows;
	s->cols = cols;
	tell(s, CHANNEL_RESIZE, (const uint32_t[]){rows, cols}, 2);
}

/* centerctl-enter sees the end of the channel, ends what it started, and exits. */
static void hang_up(struct session *s)
{
	shutdown(s->enter.channel, SHUT_WR);
}

static void enter_raw(struct session *s)
{
	int r = s->setup->raw ? terminal_make_raw() : 0;
	if (r < 0) {
		struct error err;
		error_errno(&err, r, "the terminal cannot be made raw");
		report_warning(err.text);
	}
}

/* Signals in the order of their numbers: they came at about the same time, for a command that did not run yet. */
static void flush_waiting(struct session *s)
{
	for (int number = 1; number <= SIGRTMAX; number++)
		if (sigismember(&s->waiting, number) == 1)
			tell_signal(s, number);
	sigemptyset(&s->waiting);
}

static void on_started(struct session *s, const struct message *m)
{
	struct wire w = wire_start(m->data, m->len);
	int64_t pid = wire_i64(&w);
	struct error err;
	if (wire_end(&w) < 0 || s->started)
		return;
	s->started = true;
	s->started_at = now_ms();
	if (s->setup->started)
		*s->setup->started = true;
	if (pid_file_write(&s->pid_file, pid, &err) < 0)
		report_warning(err.text);
	enter_raw(s);
	if (s->setup->tty) {
		tell_size(s, false);
		tell(s, CHANNEL_TTY_READY, NULL, 0);
	}
	flush_waiting(s);
}

/* The line is written below what the session left on the terminal, which must be able to show it. */
static void on_error(struct session *s, const struct message *m)
{
	struct wire w = wire_start(m->data, m->len);
	wire_u32(&w); /* the exit code comes as centerctl-enter's own */
	cleanup_free char *text = wire_str(&w, CHANNEL_FROM_ENTER_MAX);
	if (wire_end(&w) < 0 || s->aborted_by)
		return;
	terminal_restore();
	report_text(text);
	s->said_why = true;
}

static void on_warning(struct session *s, const struct message *m)
{
	struct wire w = wire_start(m->data, m->len);
	cleanup_free char *text = wire_str(&w, CHANNEL_FROM_ENTER_MAX);
	if (wire_end(&w) == 0 && !s->aborted_by)
		report_warning(text);
}

static void on_reply(struct session *s, const struct message *m)
{
	struct error err = ERROR_INIT;
	int r = s->setup->reply ? s->setup->reply(s->setup->reply_arg, m->type, m->data, m->len, &err) : -EBADMSG;
	if (r < 0) {
		if (!err.code)
			error_errno(&err, r, "centerctl-enter's answer cannot be shown");
		s->code = report_error(&err);
		s->over = true;
	}
}

static void on_killed(struct session *s, const struct message *m)
{
	struct wire w = wire_start(m->data, m->len);
	uint32_t number = wire_u32(&w);
	if (wire_end(&w) == 0 && number < NSIG && s->setup->killed)
		*s->setup->killed = (int)number;
}

static void on_message(struct session *s, const struct message *m)
{
	switch (m->type) {
	case CHANNEL_ERROR:
		on_error(s, m);
		break;
	case CHANNEL_WARNING:
		on_warning(s, m);
		break;
	case CHANNEL_STARTED:
		on_started(s, m);
		break;
	case CHANNEL_SHOW:
	case CHANNEL_LIST:
	case CHANNEL_FACTS:
	case CHANNEL_TOP:
	case CHANNEL_WHICH:
	case CHANNEL_LAYERS:
	case CHANNEL_SIGNALED:
	case CHANNEL_WAITED:
	case CHANNEL_STATS:
		on_reply(s, m);
		break;
	case CHANNEL_KILLED:
		on_killed(s, m);
		break;
	case CHANNEL_DETACHED:
		s->over = true;
		s->code = EXIT_SUCCESS;
		break;
	default:
		break;
	}
}

/* One message, which has at least begun to arrive. Afterwards the channel may be at its end. */
static void take_message(struct session *s, int64_t deadline)
{
	cleanup_message struct message m = MESSAGE_INIT;
	int r = message_recv(s->enter.channel, CHANNEL_FROM_ENTER_MAX, 0, -1, deadline, &m);
	if (r == 0) {
		on_message(s, &m);
		return;
	}
	s->channel_open = false;
	if (r != -ECONNRESET) {
		struct error err;
		error_errno(&err, r, "centerctl-enter's messages cannot be understood");
		report_error(&err);
		s->said_why = true;
		hang_up(s);
	}
}

static void abort_by(struct session *s, int number)
{
	if (s->aborted_by) { /* the user will not wait for centerctl-enter */
		s->code = EXIT_SIGNAL_BASE + number;
		s->over = true;
		return;
	}
	s->aborted_by = number;
	hang_up(s);
}

/* We were stopped, perhaps by SIGSTOP, and the terminal may have changed in the meantime. */
static void on_continue(struct session *s)
{
	if (!s->started)
		return;
	enter_raw(s);
	if (s->setup->tty)
		tell_size(s, true);
	tell_signal(s, SIGCONT);
}

static void on_stop(struct session *s)
{
	bool with_command = s->started && !s->setup->tty;
	if (with_command)
		tell_signal(s, SIGSTOP);
	terminal_restore();
	signals_stop_self();
	on_continue(s);
}

static void before_started(struct session *s, int number)
{
	if (signals_is_ending(number))
		abort_by(s, number);
	else if (number != SIGWINCH || !s->setup->tty) /* the size is looked at when the command starts */
		sigaddset(&s->waiting, number);
}

/* A client may send SIGHUP to the command, too; what tells the two apart is who our parent is now. */
static bool parent_is_gone(const struct session *s)
{
	return s->setup->parent > 0 && getppid() != s->setup->parent;
}

static void on_signal(struct session *s, int number)
{
	if (number == 0)
		return;
	if (number == SIGTSTP)
		on_stop(s);
	else if (number == SIGCONT)
		on_continue(s);
	else if (!s->started)
		before_started(s, number);
	else if (number == SIGWINCH && s->setup->tty)
		tell_size(s, false);
	else
		tell_signal(s, number);
	if (number == SIGHUP && s->started && (terminal_controlling_is_gone() || parent_is_gone(s)))
		hang_up(s);
}

/* centerctl-enter has ended; what it said before is read first. */
static void on_exit_of_enter(struct session *s)
{
	struct error err;
	/* A process that it left behind may hold the channel open, so there may be no end of it. */
	while (s->channel_open && !s->over && wait_fd(s->enter.channel, POLLIN, 0) > 0)
		take_message(s, now_ms() + 1000);
	if (s->over)
		return;
	s->over = true;
	terminal_restore();
	s->code = enter_process_wait(&s->enter, &err);
	if (s->code < 0)
		s->code = report_error(&err);
	else if (s->aborted_by)
		s->code = EXIT_SIGNAL_BASE + s->aborted_by;
	else if (s->code == EXIT_OURS && !s->started && !s->said_why)
		report_text("centerctl-enter refused without saying why");
}

static void loop(struct session *s)
{
	while (!s->over) {
		struct pollfd p[] = {
			{.fd = s->signals, .events = POLLIN},
			{.fd = s->channel_open ? s->enter.channel : -1, .events = POLLIN},
			{.fd = s->enter.pidfd, .events = POLLIN},
			/* The end of a pipe without a reader shows as an error, which needs no asking for. */
			{.fd = s->setup->output_only && !s->aborted_by ? STDOUT_FILENO : -1},
		};
		if (poll(p, ARRAY_SIZE(p), -1) < 0)
			continue;
		/* What was said comes first: a signal that follows the command's first output is the command's. */
		if (p[1].revents)
			take_message(s, INT64_MAX);
		else if (p[0].revents)
			on_signal(s, signals_next(s->signals));
		else if (p[2].revents)
			on_exit_of_enter(s);
		else if (p[3].revents & POLLERR)
			abort_by(s, SIGPIPE);
	}
}

static void session_done(struct session *s)
{
	terminal_restore();
	pid_file_done(&s->pid_file);
	enter_process_done(&s->enter);
	close_fd(s->signals);
}

static int session_start(struct session *s, struct buf *request, struct error *err)
{
	const struct session_setup *setup = s->setup;
	int r = enter_process_close_fds(setup->preserve_fds, setup->kept, err);
	if (r == 0 && setup->pid_file)
		r = pid_file_prepare(&s->pid_file, setup->pid_file, err);
	if (r < 0)
		return r;
	terminal_note_controlling();
	s->signals = signals_open();
	if (s->signals < 0)
		return error_errno(err, s->signals, "cannot make a signalfd");
	r = enter_process_start(&s->enter, setup->preserve_fds, setup->kept, err);
	if (r < 0)
		return r;
	r = message_send(s->enter.channel, CHANNEL_REQUEST, request, NULL, 0);
	buf_done(request);
	/* centerctl-enter may refuse before it reads the request: then it has gone, and its reason waits to be read. */
	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return error_errno(err, r, "cannot send the request to centerctl-enter");
	return 0;
}

int session_run(const struct session_setup *setup, struct buf *request, struct error *err)
{
	__attribute__((cleanup(session_done))) struct session s = {
		.setup = setup,
		.enter = ENTER_PROCESS_INIT,
		.pid_file = PID_FILE_INIT,
		.signals = -EBADF,
		.channel_open = true,
		.rows = setup->rows,
		.cols = setup->cols,
	};
	sigemptyset(&s.waiting);
	if (setup->started)
		*setup->started = false;
	if (setup->killed)
		*setup->killed = 0;
	if (setup->duration_ms)
		*setup->duration_ms = 0;
	int r = session_start(&s, request, err);
	if (r < 0)
		return r;
	loop(&s);
	if (setup->duration_ms)
		*setup->duration_ms = s.started ? now_ms() - s.started_at : 0;
	return s.code;
}

/* SPDX-License-Identifier: ISC */
#include "asking.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "enter_process.h"
#include "exec_request.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/proto/message.h"
#include "lib/proto/wire.h"
#include "report.h"

struct member {
	struct enter_process enter;
	bool running;
	bool channel_open;
	bool said_why;
};

struct asking_state {
	const struct asking *setup;
	struct member *member;
	struct pollfd *polled; /* two for each member, and stdout */
	int *codes;
	size_t running;
};

int asker_encode(const struct asker *a, struct request *r, struct buf *to, struct error *err)
{
	if (a->identity)
		r->identity = *a->identity;
	int result = exec_request_encode(r, to, err);
	/* It was lent. */
	r->identity = (struct identity){0};
	return result;
}

static int start(struct asking_state *s, size_t which, struct error *err)
{
	struct member *m = &s->member[which];
	struct buf *request = &s->setup->requests[which];
	int r = enter_process_start(&m->enter, 0, (const int[]){0, 0}, err);
	if (r < 0)
		return r;
	m->running = m->channel_open = true;
	m->said_why = false;
	s->running++;
	r = message_send(m->enter.channel, CHANNEL_REQUEST, request, NULL, 0);
	buf_done(request);
	/* centerctl-enter may refuse before it reads the request: its reason waits to be read. */
	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return error_errno(err, r, "cannot send the request to centerctl-enter");
	return 0;
}

/* As asking.ended(). */
static int end(struct asking_state *s, size_t which, int code)
{
	struct member *m = &s->member[which];
	enter_process_done(&m->enter);
	m->enter = ENTER_PROCESS_INIT;
	m->running = false;
	s->running--;
	s->codes[which] = code;
	return s->setup->ended ? s->setup->ended(s->setup->arg, which, code) : 0;
}

static bool is_reported(const struct asking_state *s, size_t which)
{
	return !s->setup->reported || which < s->setup->reported;
}

static void say(struct asking_state *s, size_t which, const struct message *message)
{
	bool error = message->type == CHANNEL_ERROR;
	struct wire w = wire_start(message->data, message->len);
	/* The exit code comes as centerctl-enter's own, too. */
	uint32_t code = error ? wire_u32(&w) : 0;
	cleanup_free char *text = wire_str(&w, CHANNEL_FROM_ENTER_MAX);
	if (wire_end(&w) < 0)
		return;
	s->member[which].said_why |= error;
	if (!is_reported(s, which) && code != EXIT_TIMED_OUT)
		return;
	if (error)
		report_text(text);
	else
		report_warning(text);
}

static int take(struct asking_state *s, size_t which, const struct message *m, struct error *err)
{
	switch (m->type) {
	case CHANNEL_ERROR:
	case CHANNEL_WARNING:
		say(s, which, m);
		return 0;
	case CHANNEL_STARTED:
	case CHANNEL_KILLED:
	case CHANNEL_DETACHED:
		return 0;
	default:
		break;
	}
	*err = ERROR_INIT;
	int r = s->setup->take(s->setup->arg, which, m->type, m->data, m->len, err);
	if (r == ASKING_ENOUGH)
		return end(s, which, EXIT_SUCCESS);
	if (r < 0 && !err->code)
		error_errno(err, r, "centerctl-enter's answer cannot be shown");
	return r < 0 ? r : 0;
}

/* One message, which has at least begun to arrive. */
static int receive(struct asking_state *s, size_t which, int64_t deadline, struct error *err)
{
	struct member *m = &s->member[which];
	cleanup_message struct message message = MESSAGE_INIT;
	int r = message_recv(m->enter.channel, CHANNEL_FROM_ENTER_MAX, 0, -1, deadline, &message);
	if (r == 0)
		return take(s, which, &message, err);
	m->channel_open = false;
	return r == -ECONNRESET ? 0 : error_errno(err, r, "centerctl-enter's messages cannot be understood");
}

/* centerctl-enter has ended; what it said before is read first. */
static int reap(struct asking_state *s, size_t which, struct error *err)
{
	struct error why;
	struct member *m = &s->member[which];
	/* A process that it left behind may hold the channel open, so there may be no end of it. */
	while (m->running && m->channel_open && wait_fd(m->enter.channel, POLLIN, 0) > 0) {
		int r = receive(s, which, now_ms() + 1000, err);
		if (r < 0)
			return r;
	}
	if (!m->running)
		return 0;
	int code = enter_process_wait(&m->enter, &why);
	if (code < 0)
		code = report_error(&why);
	else if (code == EXIT_OURS && !m->said_why && is_reported(s, which))
		report_text("centerctl-enter refused without saying why");
	return end(s, which, code);
}

static void prepare(struct asking_state *s)
{
	size_t count = s->setup->count;
	for (size_t i = 0; i < count; i++) {
		const struct member *m = &s->member[i];
		s->polled[2 * i] = (struct pollfd){
			.fd = m->running && m->channel_open ? m->enter.channel : -1,
			.events = POLLIN,
		};
		s->polled[2 * i + 1] = (struct pollfd){.fd = m->running ? m->enter.pidfd : -1, .events = POLLIN};
	}
	/* The end of a pipe that nobody reads any more is an error that needs no asking for. */
	s->polled[2 * count] = (struct pollfd){.fd = STDOUT_FILENO};
}

/* Which comes first: the end of the time, or the callback's. */
static int64_t next_moment(const struct asking *a)
{
	return a->tick && *a->wake < a->deadline ? *a->wake : a->deadline;
}

static int step(struct asking_state *s, struct error *err)
{
	const struct asking *a = s->setup;
	prepare(s);
	int r = poll(s->polled, 2 * a->count + 1, left_ms(next_moment(a)));
	if (r < 0)
		return errno == EINTR ? 0 : error_errno(err, -errno, "poll(2)");
	if (s->polled[2 * a->count].revents & POLLERR)
		return error_errno(err, -EPIPE, "stdout");
	for (size_t i = 0; i < a->count; i++) {
		r = 0;
		if (s->polled[2 * i].revents)
			r = receive(s, i, INT64_MAX, err);
		else if (s->polled[2 * i + 1].revents)
			r = reap(s, i, err);
		if (r < 0)
			return r;
	}
	if (a->tick && now_ms() >= *a->wake)
		r = a->tick(a->arg, err);
	return r < 0 ? r : now_ms() >= a->deadline ? -ETIME : 0;
}

/* Starts what is to be asked, as far as there is room. */
static int start_some(struct asking_state *s, struct error *err)
{
	const struct asking *a = s->setup;
	int r = 0;
	for (size_t i = 0; r == 0 && i < a->count && (!a->at_once || s->running < a->at_once); i++)
		if (!s->member[i].running && a->requests[i].len > 0)
			r = start(s, i, err);
	return r;
}

static int run(struct asking_state *s, struct error *err)
{
	int r = enter_process_close_fds(0, (const int[]){0, 0}, err);
	if (r == 0)
		r = start_some(s, err);
	while (r == 0 && s->running > 0) {
		r = step(s, err);
		if (r == 0)
			r = start_some(s, err);
	}
	return r == -ETIME ? 0 : r;
}

int asking_run(const struct asking *a, int *ret_codes, struct error *err)
{
	cleanup_free struct member *members = calloc(a->count + 1, sizeof(*members));
	cleanup_free struct pollfd *polled = calloc(2 * a->count + 1, sizeof(*polled));
	struct asking_state s = {.setup = a, .member = members, .polled = polled, .codes = ret_codes};
	if (!members || !polled)
		return error_errno(err, -ENOMEM, "the questions");
	for (size_t i = 0; i < a->count; i++) {
		members[i].enter = ENTER_PROCESS_INIT;
		ret_codes[i] = ASKING_UNFINISHED;
	}
	int r = run(&s, err);
	for (size_t i = 0; i < a->count; i++)
		enter_process_done(&members[i].enter);
	return r;
}

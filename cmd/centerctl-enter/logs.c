/* SPDX-License-Identifier: ISC */
#include "logs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/engine_gate.h"
#include "lib/proto/message.h"
#include "lookup.h"
#include "run.h"
#include "streams.h"

enum { AGAIN_MS = 10000, AGAIN_STEP_MS = 200, FAILURES_MAX = 5 };

struct logs {
	struct logs_query query;
	bool strip;
	uint32_t skip;		      /* of the lines at query.since_ns, those that were read before */
	struct session_result result; /* of all that was read, in the end */
	uint64_t bytes[FLOW_COUNT];   /* of the connections before */
	bool ended;		      /* by somebody else than the engine */
	int64_t began_ns;	      /* the last of them */
	int64_t came_ns;	      /* from a terminal: when something came last; 0: nothing has */
};

/* What is between us and the engine becomes the session's, and the pipes' other ends centerctl-resolve's. */
static int ask(struct visit *v, const struct logs *l, struct lookup_line *line, const struct streams *streams,
	       struct error *err)
{
	char path[ASK_PATH_MAX];
	cleanup_buf struct buf text = {0};
	struct ask_logs ask = {.query = l->query, .tty = v->container.tty, .strip = l->strip, .skip = l->skip};
	int64_t deadline = now_ms() + ENGINE_TIMEOUT_MS;
	logs_path(&l->query, v->container.id, path);
	lookup_fill(v, v->container.id, ENGINE_TIMEOUT_MS, &ask.http);
	ask_logs_encode(&ask, &text);
	int r = lookup_connect(v, path, deadline, line, err);
	if (r == 0)
		r = resolver_start(&v->compiler, v->libexecdir, err);
	const int fds[] = {line->inner, streams->inner[1], streams->inner[2]};
	if (r == 0)
		r = resolver_ask(&v->compiler, ASK_LOGS, &text, fds, ARRAY_SIZE(fds), err);
	if (text.data)
		explicit_bzero(text.data, text.size);
	line->inner = close_fd(line->inner);
	if (r == 0 && line->engine >= 0)
		r = engine_await_request(line->outer, v->compiler.sock, path, v->channel, deadline, err);
	return r < 0 ? r : 0;
}

static int adopt_line(struct session *s, struct lookup_line *line)
{
	struct flow *f = &s->flow[FLOW_IN];
	if (line->engine < 0)
		return 0;
	s->flow_used[FLOW_IN] = true;
	int r = flow_end_own(&f->from, steal_fd(&line->engine));
	int other = flow_end_own(&f->to, steal_fd(&line->outer));
	f->from.socket = f->to.socket = true;
	return r < 0 ? r : other;
}

/*
 * Where the next connection goes on: behind the last line that came. Where its time is not told, behind the moment at
 * which it came; the engine may notice the end of a container when it has written again already.
 */
static void set_next(struct logs *l, const struct logs_end *end)
{
	l->query.tail = -1;
	l->skip = end->last_count;
	l->query.since_ns = l->came_ns ? l->came_ns : l->began_ns;
	if (end->last_ns > 0)
		l->query.since_ns = end->last_ns;
}

static size_t note_time(void *arg, char *data, size_t len, size_t room)
{
	struct logs *l = arg;
	(void)data, (void)room;
	l->came_ns = wall_ns();
	return len;
}

/* What it said before it ended. */
static int receive_end(struct visit *v, struct logs *l, struct error *err)
{
	enum { SAID_MS = 500 };
	struct answer_error_info info;
	struct logs_end end;
	cleanup_message struct message m = MESSAGE_INIT;
	int r = resolver_answer(&v->compiler, ASK_LOGS, -1, now_ms() + SAID_MS, &m, &info, err);
	v->compiler.pid = 0; /* collected by the session */
	resolver_done(&v->compiler);
	if (r < 0)
		return r;
	if (logs_end_decode(m.data, m.len, &end) < 0)
		return error_set(err, -EBADMSG, "centerctl-resolve sent no proper answer");
	set_next(l, &end);
	if (end.cut && !l->query.follow)
		return error_set(err, -EPIPE, "the engine broke off in the middle of what %s wrote", visit_name(v));
	return 0;
}

/* One connection, to its end. */
static int read_once(struct visit *v, struct logs *l, struct session *s, struct error *err)
{
	cleanup_lookup_line struct lookup_line line = LOOKUP_LINE_INIT;
	struct streams streams = STREAMS_INIT;
	int r = streams_make_output(v, &streams, s, err);
	l->began_ns = wall_ns();
	if (r == 0)
		r = ask(v, l, &line, &streams, err);
	streams_close_inner(&streams);
	if (r == 0 && adopt_line(s, &line) < 0)
		r = error_set(err, -EIO, "cannot relay what the engine answers");
	if (r < 0) {
		session_drop(s);
		resolver_done(&v->compiler);
		return r;
	}
	if (v->container.tty) {
		s->flow[FLOW_OUT].splice = false; /* which looks at nothing */
		s->flow[FLOW_OUT].filter = note_time;
		s->flow[FLOW_OUT].filter_arg = l;
	}
	s->child = v->compiler.pid;
	s->tree = (struct tree_root){.proc = v->proc, .leader = s->child};
	session_run(s, &l->result);
	for (int i = 0; i < FLOW_COUNT; i++)
		l->bytes[i] += l->result.bytes[i];
	/* A signal that the caller sent ends it in order, and so does a reader who has left. */
	bool left = s->flow[FLOW_OUT].to_failed || s->flow[FLOW_ERR].to_failed;
	l->ended = left || l->result.end != SESSION_EXITED || WIFSIGNALED(l->result.status);
	if (!l->ended)
		return receive_end(v, l, err);
	v->compiler.pid = 0;
	resolver_done(&v->compiler);
	return 0;
}

/* A container that is restarted is away for a moment, or for longer where its policy says so. 1: it runs again. */
static int await_start(struct visit *v, struct error *err)
{
	int r = 0;
	for (int64_t until = now_ms() + AGAIN_MS; now_ms() < until;) {
		cleanup_container struct container now = {.pid = 0};
		r = lookup_again(v, &now, err);
		if (r == -ENOENT || r == -ECANCELED)
			return r == -ENOENT ? 0 : r;
		/* An engine that is restarted, too. */
		if (r == 0 && (now.state == STATE_RUNNING || now.state == STATE_PAUSED))
			return 1;
		if (r == 0 && now.state == STATE_RESTARTING)
			until = now_ms() + AGAIN_MS;
		if (wait_fd_or(-1, 0, v->channel, now_ms() + AGAIN_STEP_MS) != -ETIMEDOUT)
			return -ECANCELED;
	}
	/* Of a container that stays away there is no more to be read; of an engine that does, nobody knows. */
	if (r < 0)
		return r;
	*err = ERROR_INIT;
	return 0;
}

/* A moment, which becomes longer while nothing comes: an engine that cannot read on is not asked all the time. */
static int await_pause(const struct visit *v, bool came, int64_t *pause)
{
	*pause = came ? AGAIN_STEP_MS : *pause * 2 < AGAIN_MS ? *pause * 2 : AGAIN_MS;
	return came || wait_fd_or(-1, 0, v->channel, now_ms() + *pause) == -ETIMEDOUT ? 0 : -ECANCELED;
}

static int read_all_of_it(struct visit *v, struct logs *l, struct session *s, struct error *err)
{
	int64_t end = s->timeout_ms ? now_ms() + s->timeout_ms : 0, pause = AGAIN_STEP_MS;
	bool was_running = v->container.state == STATE_RUNNING || v->container.state == STATE_PAUSED ||
			   v->container.state == STATE_RESTARTING;
	for (int failed = 0, first = true;; first = false) {
		int r = read_once(v, l, s, err);
		failed = r < 0 ? failed + 1 : 0;
		/* An engine may go away at any moment, to come again: only what cannot be begun is an error at once. */
		if (r < 0 && (r == -ECANCELED || first || failed >= FAILURES_MAX))
			return r;
		if (l->ended || !l->query.follow || !was_running)
			return r;
		bool came = r == 0 && (l->result.bytes[FLOW_OUT] || l->result.bytes[FLOW_ERR]);
		r = await_pause(v, came, &pause);
		if (r == 0)
			r = await_start(v, err);
		if (r <= 0)
			return r;
		if (end)
			s->timeout_ms = end > now_ms() ? end - now_ms() : 1;
	}
}

/* Only with them it is known where to go on; a terminal's output has no frames in which they could be told apart. */
static void ask_for_times(const struct visit *v, struct logs *l)
{
	l->strip = v->request.watch && !v->request.timestamps && !v->container.tty;
	if (l->strip)
		l->query.timestamps = true;
}

int logs_run(struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	struct logs l = {.query = {.follow = r->watch,
				   .timestamps = r->timestamps,
				   .tail = r->tail,
				   .since_ns = r->since_ns,
				   .until_ns = r->until_ns}};
	struct session s = {
		.channel = v->channel, .master = -1, .timeout_ms = r->timeout_ms, .idle_ms = v->decision.with.idle_ms};
	if (v->by_pid)
		return error_set(err, -EINVAL, "logs are kept by an engine: name a container");
	ask_for_times(v, &l);
	session_hold_end();
	if (ledger_open(v, &s, err) < 0)
		return channel_fail(v->channel, EXIT_OURS, err);
	channel_started(v->channel, getpid());
	int result = read_all_of_it(v, &l, &s, err);
	memcpy(l.result.bytes, l.bytes, sizeof(l.bytes));
	if (result < 0 && result != -ECANCELED) {
		ledger_close(v, NULL, EXIT_OURS);
		return channel_fail(v->channel, EXIT_OURS, err);
	}
	ledger_close(v, &l.result, 0);
	int code = run_exit_of_end(v, &l.result);
	if (code >= 0)
		return code;
	if (WIFSIGNALED(l.result.status))
		return EXIT_SIGNAL_BASE + WTERMSIG(l.result.status);
	if (!l.result.lost)
		return 0;
	channel_warn(v->channel, "a part of what %s wrote was lost: cannot write it: %s", visit_name(v),
		     error_name(l.result.lost));
	return EXIT_OURS;
}

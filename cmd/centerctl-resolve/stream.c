/* SPDX-License-Identifier: ISC */
#include "stream.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/engine/events.h"
#include "lib/engine/inspect.h"
#include "lib/engine/list.h"
#include "lib/engine/logs.h"

int stream_decode_http(const struct message *ask, struct ask_http *ret)
{
	struct ask_logs logs;
	struct ask_events events;
	if (ask->type == ASK_LOGS && ask_logs_decode(ask->data, ask->len, &logs) == 0) {
		*ret = logs.http;
		return 0;
	}
	if (ask->type == ASK_EVENTS && ask_events_decode(ask->data, ask->len, &events) == 0) {
		*ret = events.http;
		return 0;
	}
	return -EBADMSG;
}

/* 0 if it was answered with 200; else -EBADMSG with why set. */
static int fetch(struct resolver *r, const struct ask_http *a, int fd, const char *path, const struct http_sink *sink,
		 enum http_end *ret_end, struct answer_error_info *why)
{
	cleanup_buf struct buf body = {0};
	if (!r->http) {
		*why = r->http_error;
		return -EBADMSG;
	}
	int status = http_stream(r->http, a, fd, path, sink, &body, ret_end, why);
	if (status < 0)
		return status;
	if (!buf_text(&body))
		return answer_fail(why, ANSWER_FAILED, "out of memory");
	return status == 200 ? 0 : refusal_parse(body.data, body.len, (unsigned int)status, a->word, why);
}

/* Waits for whoever reads, as long as it takes; meanwhile nothing is read of the engine. */
static int write_out(void *fds, enum logs_stream stream, const char *data, size_t len)
{
	int fd = ((const int *)fds)[stream];
	while (len > 0) {
		ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EAGAIN)
			n = wait_fd(fd, POLLOUT, INT64_MAX) < 0 ? -1 : 0;
		else if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return -EPIPE;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int take_logs(void *logs, const char *data, size_t len)
{
	return logs_feed(logs, data, len);
}

int stream_logs(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why)
{
	cleanup_ask_logs struct ask_logs a = {0};
	enum http_end how = HTTP_WHOLE;
	char path[ASK_PATH_MAX];
	if (ask_logs_decode(ask->data, ask->len, &a) < 0 || ask->fd_count != 3)
		return resolver_refuse_ask(why);
	int out[LOGS_STREAMS] = {ask->fds[1], ask->fds[2]};
	struct logs l = {
		.tty = a.tty,
		.timestamps = a.query.timestamps,
		.strip = a.strip,
		.skip = a.skip,
		.skip_ns = a.query.since_ns,
		.write = write_out,
		.arg = out,
	};
	/* podman's service sends not even its headers before there is something to tell. */
	const struct http_sink sink = {.take = take_logs, .arg = &l, .open = true, .patient = a.query.follow};
	logs_path(&a.query, a.http.word, path);
	if (fetch(r, &a.http, ask->fds[0], path, &sink, &how, why) < 0)
		return -EBADMSG;
	if (how != HTTP_STOPPED)
		logs_end(&l);
	const struct logs_end end = {.last_ns = l.last_ns,
				     .last_count = l.last_count,
				     .cut = l.bad || how == HTTP_CUT || (how == HTTP_WHOLE && !logs_is_whole(&l))};
	logs_end_encode(&end, answer);
	return 0;
}

struct watch {
	struct events events;
	struct answer_error_info *why;
	int result;
};

static int take_events(void *arg, const char *data, size_t len)
{
	struct watch *w = arg;
	w->result = events_feed(&w->events, data, len, w->why);
	return w->result;
}

int stream_events(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why)
{
	cleanup_ask_events struct ask_events a = {0};
	enum http_end how = HTTP_WHOLE;
	char path[ASK_PATH_MAX];
	(void)answer; /* that there is one says it all */
	if (ask_events_decode(ask->data, ask->len, &a) < 0 || ask->fd_count != 1)
		return resolver_refuse_ask(why);
	struct watch w = {.events = {.id = a.http.word, .since_ns = a.since_ns}, .why = why};
	const struct http_sink sink = {.take = take_events, .arg = &w};
	events_path(a.http.word, a.since_ns, path);
	int result = fetch(r, &a.http, ask->fds[0], path, &sink, &how, why);
	events_done(&w.events);
	if (result < 0 || w.result < 0)
		return -EBADMSG;
	return w.result > 0 ? 0 : answer_fail(why, ANSWER_CLOSED, "the engine told of no more events, and closed");
}

struct listed {
	struct list list;
	struct answer_error_info *why;
	int result;
};

static int take_list(void *arg, const char *data, size_t len)
{
	struct listed *l = arg;
	l->result = list_feed(&l->list, data, len, l->why);
	return l->result;
}

int stream_list(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why)
{
	cleanup_ask_http struct ask_http a = {0};
	cleanup_container_list struct container_list all = {0};
	enum http_end how = HTTP_WHOLE;
	char path[ASK_PATH_MAX];
	if (ask_http_decode(ask->data, ask->len, &a) < 0 || ask->fd_count != 1 || *a.word)
		return resolver_refuse_ask(why);
	struct listed l = {.why = why};
	const struct http_sink sink = {.take = take_list, .arg = &l};
	ask_path(ASK_LIST, "", path);
	int result = fetch(r, &a, ask->fds[0], path, &sink, &how, why);
	if (result == 0)
		result = l.result;
	if (result == 0 && how == HTTP_CUT)
		result = answer_fail(why, ANSWER_CLOSED,
				     "the connection to the engine ended before the answer was whole");
	if (result == 0)
		result = list_take(&l.list, &all, why);
	list_done(&l.list);
	if (result == 0)
		container_list_encode(&all, answer);
	return result;
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/io.h"
#include "lib/engine/http.h"

/* An engine at the other end of a socket pair: reads one request, then says what it was told to, and closes. */
struct engine {
	const char *reply;
	size_t reply_len;
	bool hold;    /* stays silent after the reply instead of closing */
	int repeat;   /* how often the reply is sent */
	bool refuses; /* closes without reading */

	int fd;
	char request[8192];
	size_t request_len;
};

static void *serve(void *arg)
{
	struct engine *e = arg;
	while (!e->refuses && e->request_len < sizeof(e->request) - 1) {
		ssize_t n = recv(e->fd, e->request + e->request_len, sizeof(e->request) - 1 - e->request_len, 0);
		if (n <= 0)
			break;
		e->request_len += (size_t)n;
		if (strstr(e->request, "\r\n\r\n") || e->request[0] == 0x16)
			break;
	}
	for (int i = 0; i < (e->repeat ? e->repeat : 1); i++)
		if (send(e->fd, e->reply, e->reply_len, MSG_NOSIGNAL) < 0)
			break;
	char rest;
	if (e->hold)
		while (recv(e->fd, &rest, 1, 0) > 0)
			;
	e->fd = close_fd(e->fd);
	return NULL;
}

static struct answer_error_info why;
static struct buf body;

static int exchange(struct engine *e, const struct ask_http *ask)
{
	int pair[2];
	pthread_t thread;
	struct http *h = NULL;
	buf_done(&body);
	why = (struct answer_error_info){0};
	assert_int_equal(http_new(ask, &h, &why), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	e->fd = pair[1];
	pthread_create(&thread, NULL, serve, e);
	int r = http_get(h, ask, pair[0], "/containers/web/json", &body, &why);
	close_fd(pair[0]);
	pthread_join(thread, NULL);
	http_free(h);
	return r;
}

static int get(struct engine *e)
{
	char none[1] = "";
	struct ask_http ask = {.word = "web",
			       .host = "localhost",
			       .timeout_ms = 1000,
			       .ca_pem = none,
			       .cert_pem = none,
			       .key_pem = none};
	e->reply_len = strlen(e->reply);
	return exchange(e, &ask);
}

static void the_request_is_one_get_with_four_headers(void **state)
{
	(void)state;
	struct engine e = {.reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
	assert_int_equal(get(&e), 200);
	assert_int_equal(body.len, 2);
	char *line = strtok(e.request, "\r\n");
	assert_string_equal(line, "GET /containers/web/json HTTP/1.1");
	int count = 0;
	while ((line = strtok(NULL, "\r\n"))) {
		count++;
		if (strcmp(line, "Host: localhost") != 0 && strncmp(line, "User-Agent: centerctl/", 22) != 0 &&
		    strcmp(line, "Accept: application/json") != 0 && strcmp(line, "Connection: close") != 0)
			fail_msg("header %s", line);
	}
	assert_int_equal(count, 4);
}

static void a_chunked_answer_is_put_together(void **state)
{
	(void)state;
	struct engine e = {
		.reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"};
	assert_int_equal(get(&e), 200);
	assert_int_equal(body.len, 2);
	assert_memory_equal(body.data, "{}", 2);
}

static void the_status_is_given_back_with_its_body(void **state)
{
	(void)state;
	struct engine e = {.reply = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"};
	assert_int_equal(get(&e), 404);
	assert_memory_equal(body.data, "none", 4);
}

static void redirects_are_not_followed(void **state)
{
	(void)state;
	struct engine e = {.reply = "HTTP/1.1 302 Found\r\nLocation: "
				    "http://localhost/containers/db/json\r\nContent-Length: 0\r\n\r\n"};
	assert_int_equal(get(&e), 302);
	assert_null(strstr(e.request, "/db/"));
}

static void compressed_answers_are_left_as_they_are(void **state)
{
	(void)state;
	struct engine e = {.reply = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8bxx"};
	assert_int_equal(get(&e), 200);
	assert_memory_equal(body.data, "\x1f\x8bxx", 4);
}

static void an_answer_that_is_cut_is_none(void **state)
{
	(void)state;
	static const char *const cuts[] = {
		"",
		"HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		struct engine e = {.reply = cuts[i]};
		assert_int_equal(get(&e), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_CLOSED);
	}
}

static void an_engine_that_closes_at_once_is_told(void **state)
{
	(void)state;
	struct engine e = {.reply = "", .refuses = true};
	assert_int_equal(get(&e), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_CLOSED);
}

static void an_engine_that_hangs_is_left_in_time(void **state)
{
	(void)state;
	static const char *const starts[] = {"", "HTTP/1.1 200 OK\r\n",
					     "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"};
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		struct engine e = {.reply = starts[i], .hold = true};
		int64_t from = now_ms();
		assert_int_equal(get(&e), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_TIMEOUT);
		assert_in_range(now_ms() - from, 900, 3000);
	}
}

static void what_is_not_http_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"220 smtp.example ESMTP\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n",
		"{}",
		"\1\2\3\4",
		"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct engine e = {.reply = wrong[i]};
		assert_int_equal(get(&e), -EBADMSG);
		assert_true(why.kind == ANSWER_BAD || why.kind == ANSWER_CLOSED);
	}
}

static void lengths_that_cannot_be_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct engine e = {.reply = wrong[i]};
		assert_int_equal(get(&e), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_BAD);
	}
}

static void headers_without_end_are_refused(void **state)
{
	(void)state;
	struct engine e = {
		.reply = "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
		.repeat = 2000};
	char first[] = "HTTP/1.1 200 OK\r\n";
	cleanup_buf struct buf all = {0};
	buf_puts(&all, first);
	for (int i = 0; i < 2000; i++)
		buf_puts(&all, e.reply);
	e.reply = buf_text(&all);
	e.repeat = 1;
	assert_int_equal(get(&e), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_BAD);
}

static void interim_answers_without_end_are_refused(void **state)
{
	(void)state;
	struct engine e = {.reply = "HTTP/1.1 100 Continue\r\n\r\n", .repeat = 20000};
	assert_int_equal(get(&e), -EBADMSG);
}

static void a_body_without_end_is_refused(void **state)
{
	(void)state;
	static char reply[1 << 20];
	snprintf(reply, sizeof(reply), "HTTP/1.1 200 OK\r\n\r\n");
	memset(reply + strlen(reply), 'x', sizeof(reply) - 20);
	struct engine e = {.reply = reply, .repeat = 8};
	assert_int_equal(get(&e), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_BAD);
	assert_true(body.len <= ENGINE_BODY_MAX);
}

static void plain_http_to_a_tls_port_is_recognised(void **state)
{
	(void)state;
	/* A TLS alert (protocol_version), as OpenSSL and others send it; what Go's server says is in test_inspect.c. */
	static const char *const records[] = {"\x15\x03\x01\x02\x02\x46", "\x15\x03\x03\x02\x02\x0a", "\x16\x03\x01"};
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		struct engine e = {.reply = records[i]};
		assert_int_equal(get(&e), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_PLAIN_TO_TLS);
	}
}

static void tls_to_a_plain_port_is_recognised(void **state)
{
	(void)state;
	char none[1] = "";
	struct ask_http ask = {.word = "web",
			       .host = "engine.example",
			       .port = 2375,
			       .tls = true,
			       .timeout_ms = 2000,
			       .ca_pem = none,
			       .cert_pem = none,
			       .key_pem = none};
	static const char *const replies[] = {
		"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request",
		"HTTP/1.0 400 Bad Request\r\n\r\n"};
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		struct engine e = {.reply = replies[i], .reply_len = strlen(replies[i])};
		assert_int_equal(exchange(&e, &ask), -EBADMSG);
		assert_int_equal(e.request[0], 0x16);
		if (why.kind != ANSWER_TLS_TO_PLAIN)
			fail_msg("%s", why.text);
	}
}

static void tls_that_ends_in_the_handshake_is_told(void **state)
{
	(void)state;
	char none[1] = "";
	struct ask_http ask = {.word = "web",
			       .host = "engine.example",
			       .tls = true,
			       .timeout_ms = 2000,
			       .ca_pem = none,
			       .cert_pem = none,
			       .key_pem = none};
	struct engine e = {.reply = ""};
	assert_int_equal(exchange(&e, &ask), -EBADMSG);
	assert_true(why.kind == ANSWER_TLS || why.kind == ANSWER_CLOSED);
}

static void pem_that_is_none_is_told(void **state)
{
	(void)state;
	char none[1] = "", junk[] = "-----BEGIN CERTIFICATE-----\njunk\n-----END CERTIFICATE-----\n";
	struct ask_http ask = {.word = "web",
			       .host = "engine.example",
			       .tls = true,
			       .tls_verify = true,
			       .timeout_ms = 2000,
			       .ca_pem = junk,
			       .cert_pem = none,
			       .key_pem = none};
	struct engine e = {.reply = ""};
	assert_int_equal(exchange(&e, &ask), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_TLS);
}

static void ipv6_hosts_get_brackets(void **state)
{
	(void)state;
	char none[1] = "";
	struct ask_http ask = {.word = "web",
			       .host = "::1",
			       .port = 2375,
			       .timeout_ms = 1000,
			       .ca_pem = none,
			       .cert_pem = none,
			       .key_pem = none};
	struct engine e = {.reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
	e.reply_len = strlen(e.reply);
	assert_int_equal(exchange(&e, &ask), 200);
	assert_non_null(strstr(e.request, "\r\nHost: [::1]:2375\r\n"));
}

static int drop_body(void **state)
{
	(void)state;
	buf_done(&body);
	return 0;
}

/* What the sink has got; it wants no more behind `enough` bytes. */
static struct buf taken;
static size_t enough;
static enum http_end how;

static int take(void *arg, const char *data, size_t len)
{
	assert_ptr_equal(arg, &taken);
	assert_true(len > 0 && len <= 65536);
	buf_add(&taken, data, len);
	return enough && taken.len >= enough;
}

static int stream(struct engine *e, bool open, bool patient, int64_t timeout_ms)
{
	char none[1] = "";
	struct ask_http ask = {
		.host = "localhost", .timeout_ms = timeout_ms, .ca_pem = none, .cert_pem = none, .key_pem = none};
	const struct http_sink sink = {.take = take, .arg = &taken, .open = open, .patient = patient};
	struct http *h = NULL;
	pthread_t thread;
	int pair[2];
	buf_done(&body);
	buf_done(&taken);
	how = HTTP_WHOLE;
	why = (struct answer_error_info){0};
	e->reply_len = e->reply_len ? e->reply_len : strlen(e->reply);
	assert_int_equal(http_new(NULL, &h, &why), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	e->fd = pair[1];
	pthread_create(&thread, NULL, serve, e);
	int r = http_stream(h, &ask, pair[0], "/events?filters=%7B%22a%22%3A%5B%22b%22%5D%7D&since=1.5", &sink, &body,
			    &how, &why);
	close_fd(pair[0]);
	pthread_join(thread, NULL);
	http_free(h);
	return r;
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static void a_stream_comes_as_it_is_sent(void **state)
{
	(void)state;
	static const char *const replies[] = {
		CHUNKED "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\nabc",
		"HTTP/1.0 200 OK\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
	};
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		struct engine e = {.reply = replies[i]};
		assert_int_equal(stream(&e, i % 2, false, 1000), 200);
		assert_int_equal(how, HTTP_WHOLE);
		assert_string_equal(buf_text(&taken), "abc");
		assert_int_equal(body.len, 0);
		const char path[] = "GET /events?filters=%7B%22a%22%3A%5B%22b%22%5D%7D&since=1.5 HTTP/1.1\r\n";
		assert_memory_equal(e.request, path, sizeof(path) - 1);
	}
	struct engine nothing = {.reply = CHUNKED "0\r\n\r\n"};
	assert_int_equal(stream(&nothing, true, false, 1000), 200);
	assert_int_equal(how, HTTP_WHOLE);
	assert_int_equal(taken.len, 0);
}

static void a_stream_that_breaks_off_is_cut(void **state)
{
	(void)state;
	static const char *const replies[] = {
		CHUNKED "2\r\nab\r\n",
		CHUNKED "9\r\nab",
		CHUNKED "2\r\nab\r\nzz\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
	};
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		struct engine e = {.reply = replies[i]};
		assert_int_equal(stream(&e, true, false, 1000), 200);
		assert_int_equal(how, HTTP_CUT);
		assert_string_equal(buf_text(&taken), "ab");
	}
}

static void a_stream_has_no_limit_and_keeps_nothing(void **state)
{
	(void)state;
	static char reply[1 << 20] = "HTTP/1.1 200 OK\r\n\r\n";
	memset(reply + strlen(reply), 'x', sizeof(reply) - strlen(reply) - 1);
	struct engine e = {.reply = reply, .reply_len = sizeof(reply) - 1, .repeat = 8};
	assert_int_equal(stream(&e, true, false, 10000), 200);
	assert_int_equal(how, HTTP_WHOLE);
	assert_true(taken.len > 2 * (size_t)ENGINE_BODY_MAX - 100 && body.len == 0);
	struct engine announced = {.reply = "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\nab"};
	assert_int_equal(stream(&announced, true, false, 1000), 200);
	assert_int_equal(how, HTTP_CUT);
	assert_string_equal(buf_text(&taken), "ab");
}

static void a_stream_ends_when_there_is_enough(void **state)
{
	(void)state;
	struct engine e = {.reply = CHUNKED "2\r\nab\r\n", .hold = true};
	enough = 2;
	assert_int_equal(stream(&e, false, false, 5000), 200);
	enough = 0;
	assert_int_equal(how, HTTP_STOPPED);
	assert_string_equal(buf_text(&taken), "ab");
}

static void a_refusal_is_no_stream(void **state)
{
	(void)state;
	struct engine e = {.reply = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"};
	assert_int_equal(stream(&e, true, false, 1000), 404);
	assert_int_equal(taken.len, 0);
	assert_memory_equal(body.data, "none", 4);
	struct engine other = {.reply = "abc\r\n\r\n"};
	assert_int_equal(stream(&other, true, false, 1000), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_BAD);
}

static void a_stream_has_to_begin_in_time(void **state)
{
	(void)state;
	static const char *const replies[] = {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
					      "HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nabc"};
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		struct engine e = {.reply = replies[i], .hold = true};
		int64_t from = now_ms();
		assert_int_equal(stream(&e, true, false, 200), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_TIMEOUT);
		assert_true(now_ms() - from < 3000);
	}
}

/* Says the rest of an answer late. */
struct late {
	struct engine engine;
	const char *rest;
};

static void *serve_late(void *arg)
{
	struct late *l = arg;
	char request[4096];
	if (recv(l->engine.fd, request, sizeof(request), 0) > 0) {
		send(l->engine.fd, l->engine.reply, strlen(l->engine.reply), MSG_NOSIGNAL);
		usleep(500000);
		send(l->engine.fd, l->rest, strlen(l->rest), MSG_NOSIGNAL);
	}
	l->engine.fd = close_fd(l->engine.fd);
	return NULL;
}

static int stream_late(struct late *l, bool open, bool patient)
{
	char none[1] = "";
	struct ask_http ask = {
		.host = "localhost", .timeout_ms = 200, .ca_pem = none, .cert_pem = none, .key_pem = none};
	const struct http_sink sink = {.take = take, .arg = &taken, .open = open, .patient = patient};
	struct http *h = NULL;
	pthread_t thread;
	int pair[2];
	buf_done(&taken);
	assert_int_equal(http_new(NULL, &h, &why), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	l->engine.fd = pair[1];
	pthread_create(&thread, NULL, serve_late, l);
	int r = http_stream(h, &ask, pair[0], "/x", &sink, &body, &how, &why);
	close_fd(pair[0]);
	pthread_join(thread, NULL);
	http_free(h);
	return r;
}

static void what_has_begun_may_take_as_long_as_it_will(void **state)
{
	(void)state;
	struct late begun = {.engine = {.reply = "HTTP/1.1 200 OK\r\n\r\na"}, .rest = "bc"};
	struct late silent = {.engine = {.reply = ""}, .rest = "HTTP/1.1 200 OK\r\n\r\nabc"};
	assert_int_equal(stream_late(&begun, true, false), 200);
	assert_string_equal(buf_text(&taken), "abc");
	assert_int_equal(stream_late(&begun, false, false), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_TIMEOUT);
	assert_int_equal(stream_late(&silent, true, true), 200);
	assert_string_equal(buf_text(&taken), "abc");
	assert_int_equal(stream_late(&silent, true, false), -EBADMSG);
	assert_int_equal(why.kind, ANSWER_TIMEOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* With TLS first: without it, parts of OpenSSL are left out for good. */
		IT(tls_to_a_plain_port_is_recognised),
		IT(tls_that_ends_in_the_handshake_is_told),
		IT(pem_that_is_none_is_told),
		IT(the_request_is_one_get_with_four_headers),
		IT(a_chunked_answer_is_put_together),
		IT(the_status_is_given_back_with_its_body),
		IT(redirects_are_not_followed),
		IT(compressed_answers_are_left_as_they_are),
		IT(an_answer_that_is_cut_is_none),
		IT(an_engine_that_closes_at_once_is_told),
		IT(an_engine_that_hangs_is_left_in_time),
		IT(what_is_not_http_is_refused),
		IT(lengths_that_cannot_be_are_refused),
		IT(headers_without_end_are_refused),
		IT(interim_answers_without_end_are_refused),
		IT(a_body_without_end_is_refused),
		IT(plain_http_to_a_tls_port_is_recognised),
		IT(ipv6_hosts_get_brackets),
		IT(a_stream_comes_as_it_is_sent),
		IT(a_stream_that_breaks_off_is_cut),
		IT(a_stream_has_no_limit_and_keeps_nothing),
		IT(a_stream_ends_when_there_is_enough),
		IT(a_refusal_is_no_stream),
		IT(a_stream_has_to_begin_in_time),
		IT(what_has_begun_may_take_as_long_as_it_will),
	};
	return cmocka_run_group_tests(tests, NULL, drop_body);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/priv/engine_gate.h"

enum { MOST = 16 << 20 };

#define PATH "/containers/web/json"
#define GOOD "GET " PATH " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: x\r\nAccept: */*\r\nConnection: close\r\n\r\n"

static void lets_the_one_request_through(void **state)
{
	(void)state;
	assert_true(engine_request_is(GOOD, strlen(GOOD), PATH));
}

static void refuses_every_other_request(void **state)
{
	(void)state;
	static const char *const others[] = {
		"POST " PATH " HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /containers/create HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /containers/webb/json HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET " PATH "?size=1 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET  " PATH " HTTP/1.1\r\nHost: x\r\n\r\n",
		"get " PATH " HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET " PATH " HTTP/1.0\r\nHost: x\r\n\r\n",
		"GET " PATH " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
		"GET " PATH " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
		"GET " PATH " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
		"GET " PATH " HTTP/1.1\r\nHost: x\r\nX-Registry-Auth: y\r\n\r\n",
		"GET " PATH " HTTP/1.1\r\nHost: x\r\n y\r\n\r\n",
		"GET " PATH " HTTP/1.1\r\nHost: x\ny\r\n\r\n",
		"GET " PATH " HTTP/1.1\nHost: x\n\n",
		GOOD GOOD,
		GOOD "x",
		"\r\n\r\n",
		"",
	};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(engine_request_is(others[i], strlen(others[i]), PATH));
}

/* One exchange through the gate; what the engine's side received, and what came back to the asker. */
static int through_gate(const char *request, char *seen, char *answer, size_t size)
{
	int inner[2], engine[2], until[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, inner), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, engine), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, until), 0);
	assert_int_equal(write_full(inner[1], request, strlen(request)), 0);
	shutdown(inner[1], SHUT_WR);
	assert_int_equal(write_full(engine[1], "secret", 6), 0);
	shutdown(engine[1], SHUT_WR);
	struct error err = ERROR_INIT;
	assert_int_equal(engine_send_request(engine[0], PATH), 0);
	int r = engine_gate(inner[0], engine[0], until[0], PATH, MOST, -1, now_ms() + 500, &err);
	shutdown(engine[0], SHUT_WR);
	shutdown(inner[0], SHUT_WR);
	long n = read_full(engine[1], seen, size - 1);
	seen[n < 0 ? 0 : n] = '\0';
	n = read_full(inner[1], answer, size - 1);
	answer[n < 0 ? 0 : n] = '\0';
	for (int i = 0; i < 2; i++) {
		close(inner[i]);
		close(engine[i]);
		close(until[i]);
	}
	return r;
}

static const char OURS[] = "GET " PATH " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: centerctl\r\nAccept: */*\r\n"
			   "Connection: close\r\n\r\n";

static void sends_the_engine_its_own_words(void **state)
{
	(void)state;
	char seen[1024], answer[1024];
	assert_int_equal(through_gate(GOOD, seen, answer, sizeof(seen)), 0);
	assert_string_equal(seen, OURS);
	assert_string_equal(answer, "secret");
}

static void sends_and_answers_nothing_of_a_refused_request(void **state)
{
	(void)state;
	char seen[1024], answer[1024], longer[8192];
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	const char *const refused[] = {"POST /containers/create HTTP/1.1\r\nHost: x\r\n\r\n", GOOD GOOD, longer};
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		assert_int_equal(through_gate(refused[i], seen, answer, sizeof(seen)), -EACCES);
		assert_string_equal(seen, OURS);
		assert_string_equal(answer, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(lets_the_one_request_through), IT(refuses_every_other_request),
					   IT(sends_the_engine_its_own_words),
					   IT(sends_and_answers_nothing_of_a_refused_request)};
	return RUN(tests);
}

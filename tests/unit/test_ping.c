/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/doctor/ping.h"

static void an_engine_says_its_version(void **state)
{
	(void)state;
	static const char
		docker[] = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n\r\n",
		podman[] = "HTTP/1.1 200 OK\r\napi-version:1.41\r\nLibpod-API-Version: 4.3.1\r\nServer:Libpod/4.3.1 "
			   "(linux)\r\n\r\n";
	struct ping p;
	assert_int_equal(ping_parse(docker, strlen(docker), &p), 0);
	assert_int_equal(p.major * 1000 + p.minor, 1041);
	assert_string_equal(p.server, "Docker/20.10.24 (linux)");
	assert_int_equal(ping_parse(podman, strlen(podman), &p), 0);
	assert_string_equal(p.server, "Libpod/4.3.1 (linux)");
	assert_true(ping_is_at_least(&p, 1, 41) && ping_is_at_least(&p, 1, 40) && ping_is_at_least(&p, 0, 99));
	assert_false(ping_is_at_least(&p, 1, 42) || ping_is_at_least(&p, 2, 0));
}

static void what_is_no_engine_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n",
		"HTTP/1.1 404 no\r\nApi-Version: 1.41\r\n\r\n",
		"HTTP/1.1 200 OK\r\nApi-Version: 1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nApi-Version: 1.41x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nApi-Version: 99999.1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nApi-Version: 1.41111111111111111111111\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\nApi-Version: 1.41\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n\r\n",
	};
	struct ping p;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ping_parse(bad[i], strlen(bad[i]), &p), -EBADMSG);
}

static void a_servers_name_is_bounded_and_printable(void **state)
{
	(void)state;
	char text[512] = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: \033]0;x\a";
	memset(text + strlen(text), 'A', 200);
	strcat(text, "\r\n\r\n");
	struct ping p;
	assert_int_equal(ping_parse(text, strlen(text), &p), 0);
	assert_int_equal(strlen(p.server), PING_SERVER_MAX - 1);
	assert_int_equal(strncmp(p.server, "?]0;x?AAAA", 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(an_engine_says_its_version),
		IT(what_is_no_engine_is_refused),
		IT(a_servers_name_is_bounded_and_printable),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/port.h"

static void expect_port(const char *text, const char *host, unsigned port)
{
	struct error err;
	uint16_t got = 0;
	cleanup_free char *got_host = NULL;
	assert_int_equal(port_parse(text, &got_host, &got, &err), 0);
	assert_int_equal(got, port);
	if (host)
		assert_string_equal(got_host, host);
	else
		assert_null(got_host);
}

static void a_port_may_have_a_host_in_front(void **state)
{
	(void)state;
	expect_port("80", NULL, 80);
	expect_port("65535", NULL, 65535);
	expect_port("db:5432", "db", 5432);
	expect_port("db.example.:5432", "db.example.", 5432);
	expect_port("10.0.0.7:1", "10.0.0.7", 1);
	expect_port("[::1]:80", "::1", 80);
	expect_port("[fe80::1]:80", "fe80::1", 80);
}

static void the_container_itself_has_no_host(void **state)
{
	(void)state;
	expect_port("localhost:80", NULL, 80);
	expect_port("127.0.0.1:80", NULL, 80);
	expect_port("LOCALHOST:80", "LOCALHOST", 80);
	expect_port("127.0.0.2:80", "127.0.0.2", 80);
}

static void what_is_no_port_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",
					    "0",
					    "65536",
					    "-1",
					    "+80",
					    "80 ",
					    " 80",
					    "0x50",
					    "80x",
					    ":80",
					    "a:",
					    "::1:80",
					    "[::1]80",
					    "[::1]:",
					    "[a]:80",
					    "[]:80",
					    "a b:80",
					    "a/b:80",
					    "-a:80",
					    ".a:80",
					    "a:b:80",
					    "a;b:80",
					    "$(a):80",
					    "a\n:80",
					    "[::1%lo]:80",
					    "http:",
					    "99999999999999999999"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct error err;
		uint16_t port;
		char *host = NULL;
		assert_int_equal(port_parse(wrong[i], &host, &port, &err), -EINVAL);
		assert_null(host);
	}
}

static void a_host_has_a_limit(void **state)
{
	(void)state;
	char text[300];
	struct error err;
	uint16_t port;
	char *host = NULL;
	memset(text, 'a', sizeof(text));
	strcpy(text + 254, ":80");
	assert_int_equal(port_parse(text, &host, &port, &err), -EINVAL);
	strcpy(text + 253, ":80");
	assert_int_equal(port_parse(text, &host, &port, &err), 0);
	free(host);
}

static void words_are_host_and_port(void **state)
{
	(void)state;
	struct error err;
	cleanup_strv char **one = NULL, **two = NULL;
	assert_int_equal(port_words("0080", &one, &err), 0);
	assert_int_equal(strv_len(one), 1);
	assert_string_equal(one[0], "80");
	assert_int_equal(port_words("[::1]:80", &two, &err), 0);
	assert_string_equal(two[0], "::1");
	assert_string_equal(two[1], "80");
}

struct expected {
	const char *text, *address;
	int local; /* -1: not given */
	const char *target, *host;
	unsigned port;
};

static void expect_text(const char *got, const char *wanted)
{
	if (wanted)
		assert_string_equal(got, wanted);
	else
		assert_null(got);
}

static void forwards_are_read_from_both_ends(void **state)
{
	(void)state;
	static const struct expected all[] = {
		{"web:80", NULL, -1, "web", NULL, 80},
		{"8080:web:80", NULL, 8080, "web", NULL, 80},
		{"0:web:80", NULL, 0, "web", NULL, 80},
		{"127.0.0.1:8080:web:80", "127.0.0.1", 8080, "web", NULL, 80},
		{"localhost:8080:web:80", "127.0.0.1", 8080, "web", NULL, 80},
		{"[::1]:8080:web:80", "::1", 8080, "web", NULL, 80},
		{"web:db:5432", NULL, -1, "web", "db", 5432},
		{"8080:web:db:5432", NULL, 8080, "web", "db", 5432},
		{"8080:web:[::1]:80", NULL, 8080, "web", "::1", 80},
		{"[::1]:8080:web:[fe80::1]:80", "::1", 8080, "web", "fe80::1", 80},
		{"0.0.0.0:0:1web:localhost:80", "0.0.0.0", 0, "1web", NULL, 80},
		{"123456:80", NULL, -1, "123456", NULL, 80},
		{"12:12:80", NULL, 12, "12", NULL, 80},
	};
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct error err;
		cleanup_port_forward struct port_forward f = {0};
		assert_int_equal(port_forward_parse(all[i].text, &f, &err), 0);
		expect_text(f.address, all[i].address);
		assert_int_equal(f.has_local ? f.local : -1, all[i].local);
		assert_string_equal(f.target, all[i].target);
		expect_text(f.host, all[i].host);
		assert_int_equal(f.port, all[i].port);
	}
}

static void what_cannot_be_forwarded_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",
					    "80",
					    "web",
					    "web:",
					    ":80",
					    "8080:web",
					    "8080:80",
					    "8080:web:",
					    "65536:web:80",
					    "8080:web:0",
					    "host:8080:web:80",
					    "1:2:3:4:5",
					    "a:b:c:d:80",
					    "1.2.3.4:8080:web:db:5432:1",
					    "[::1:8080:web:80",
					    "[web]:80",
					    "8080:we b:80",
					    "8080:../x:80",
					    "8080::80"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct error err;
		cleanup_port_forward struct port_forward f = {0};
		assert_int_equal(port_forward_parse(wrong[i], &f, &err), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_port_may_have_a_host_in_front),
		IT(the_container_itself_has_no_host),
		IT(what_is_no_port_is_refused),
		IT(a_host_has_a_limit),
		IT(words_are_host_and_port),
		IT(forwards_are_read_from_both_ends),
		IT(what_cannot_be_forwarded_is_refused),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "cmd/centerctl/engine_addr.h"
#include "cmd/centerctl/engine_find.h"
#include "cmd/centerctl/engine_url.h"

static void done(struct request *r)
{
	request_done(r);
}

static void addresses_have_parts(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		enum engine_scheme scheme;
		const char *path, *host;
		unsigned port;
	} good[] = {
		{"unix:///run/docker.sock", ENGINE_UNIX, "/run/docker.sock", NULL, 0},
		{"tcp://a.b-c_d", ENGINE_TCP, NULL, "a.b-c_d", 0},
		{"tcp://127.0.0.1:1/", ENGINE_TCP, NULL, "127.0.0.1", 1},
		{"http://h:65535", ENGINE_TCP, NULL, "h", 65535},
		{"https://[::1]:9", ENGINE_TLS, NULL, "::1", 9},
		{"tcp://[fe80::1]", ENGINE_TCP, NULL, "fe80::1", 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		__attribute__((cleanup(done))) struct request r = {0};
		struct error err;
		assert_int_equal(engine_url_parse(good[i].url, &r.engine, &err), 0);
		assert_int_equal(r.engine.scheme, good[i].scheme);
		assert_int_equal(r.engine.port, good[i].port);
		if (good[i].path)
			assert_string_equal(r.engine.path, good[i].path);
		if (good[i].host)
			assert_string_equal(r.engine.host, good[i].host);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "unix://",
					  "unix://x",
					  "tcp://",
					  "tcp://:1",
					  "tcp://a:",
					  "tcp://a:0",
					  "tcp://a:65536",
					  "tcp://a:1:2",
					  "tcp://a:+1",
					  "tcp://a/b",
					  "tcp://a@b",
					  "tcp://a?b",
					  "tcp://a#b",
					  "tcp://a b",
					  "tcp://[::1",
					  "tcp://[::1]x",
					  "tcp://[]",
					  "tcp://[a]",
					  "tcp://::1",
					  "tcp://a%b",
					  "tcp://a\nb",
					  "tcp://[fe80::1%eth0]",
					  "TCP://a",
					  "fd://",
					  "/run/docker.sock",
					  "localhost",
					  "tcp:/a"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		__attribute__((cleanup(done))) struct request r = {0};
		struct error err;
		assert_int_equal(engine_url_parse(bad[i], &r.engine, &err), -EINVAL);
	}
	__attribute__((cleanup(done))) struct request r = {0};
	struct error err;
	assert_int_equal(engine_url_parse("ssh://me@there", &r.engine, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "ssh me@there centerctl exec"));
	assert_int_equal(engine_url_parse("npipe:////./pipe/x", &r.engine, &err), -ENOTSUP);
}

static void loopback_is_this_host_only(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		bool loopback;
	} cases[] = {{"127.0.0.1", true}, {"127.255.0.9", true}, {"::1", true}, {"::ffff:127.0.0.1", true},
		     {"0.0.0.0", false},  {"128.0.0.1", false},	 {"::", false}, {"::ffff:10.0.0.1", false},
		     {"::2", false},	  {"192.0.2.127", false}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct engine e = {.host = (char *)cases[i].host, .port = 1};
		struct error err;
		assert_int_equal(engine_addr_lookup(&e, &err), 0);
		assert_int_equal(engine_addr_is_loopback(&e), cases[i].loopback);
	}
	struct engine none = {0};
	assert_false(engine_addr_is_loopback(&none));
}

static void the_first_socket_that_is_there_is_taken(void **state)
{
	(void)state;
	assert_string_equal(
		engine_find_socket((const char *const[]){"", "/nothing/here", "/dev/null", "/dev/zero", NULL}),
		"/dev/null");
	assert_null(engine_find_socket((const char *const[]){"/nothing/here", NULL}));
	assert_null(engine_find_socket((const char *const[]){NULL}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(addresses_have_parts), IT(what_is_no_address_is_refused),
					   IT(loopback_is_this_host_only), IT(the_first_socket_that_is_there_is_taken)};
	return RUN(tests);
}

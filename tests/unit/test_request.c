/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/proto/request.h"

static char *words[] = {(char *)"sh", (char *)"-c", (char *)"echo \xff", NULL};

static struct request sample(void)
{
	struct request r = {
		.verb = VERB_EXEC,
		.target = (char *)"web",
		.engine = {.scheme = ENGINE_UNIX, .path = (char *)"/run/docker.sock", .tls_verify = true},
		.command = words,
		.line = (char *)"echo $HOME",
		.line_first = true,
		.identity = {.key = (char *)"dev", .principals = words, .address = (char *)"10.0.0.1", .port = 22},
		.user = (char *)"1000:1000",
		.cap_add = 1,
		.ns = NS_ALL,
		.timeout_ms = 5000,
		.rows = 24,
		.cols = 80,
		.detach_keys = {16, 17},
		.detach_keys_len = 2,
		.tty = true,
		.debug = true,
		.toolbox = (char *)"tools",
		.static_tool = (char *)"busybox",
		.writable = true,
		.pid = (char *)"server",
		.host_pid = 4711,
		.source = (char *)"/target/src",
		.collecting = true,
	};
	return r;
}

static void what_is_encoded_is_decoded(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct request from = sample();
	request_encode(&from, &b);
	cleanup_request struct request r = {0};
	assert_int_equal(request_decode(b.data, b.len, &r), 0);
	assert_int_equal(r.verb, VERB_EXEC);
	assert_string_equal(r.target, "web");
	assert_string_equal(r.engine.path, "/run/docker.sock");
	assert_string_equal(r.engine.host, "");
	assert_int_equal(strv_len(r.command), 3);
	assert_string_equal(r.command[2], "echo \xff");
	assert_string_equal(r.line, "echo $HOME");
	assert_true(r.line_first);
	assert_string_equal(r.identity.key, "dev");
	assert_string_equal(r.identity.fingerprint, "");
	assert_int_equal(strv_len(r.identity.principals), 3);
	assert_string_equal(r.identity.address, "10.0.0.1");
	assert_int_equal(r.identity.port, 22);
	assert_string_equal(r.user, "1000:1000");
	assert_int_equal(r.cols, 80);
	assert_int_equal(r.detach_keys_len, 2);
	assert_int_equal(r.detach_keys[1], 17);
	assert_true(r.tty);
	assert_false(r.detach);
	assert_true(r.debug);
	assert_string_equal(r.toolbox, "tools");
	assert_string_equal(r.static_tool, "busybox");
	assert_false(r.fallback);
	assert_true(r.writable);
	assert_string_equal(r.pid, "server");
	assert_int_equal(r.host_pid, 4711);
	assert_string_equal(r.source, "/target/src");
	assert_true(r.collecting);
}

static void every_cut_is_refused_and_nothing_is_set(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct request from = sample();
	request_encode(&from, &b);
	for (size_t len = 0; len < b.len; len++) {
		struct request r = {0};
		assert_int_equal(request_decode(b.data, len, &r), -EBADMSG);
		assert_null(r.target);
	}
}

static void a_trailing_byte_is_refused(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct request from = sample(), r = {0};
	request_encode(&from, &b);
	buf_add(&b, "", 1);
	assert_int_equal(request_decode(b.data, b.len, &r), -EBADMSG);
}

static void assert_refused(const struct request *from)
{
	cleanup_buf struct buf b = {0};
	struct request r = {0};
	request_encode(from, &b);
	assert_int_equal(request_decode(b.data, b.len, &r), -EBADMSG);
}

static void values_out_of_range_are_refused(void **state)
{
	(void)state;
	struct request r = sample();
	r.verb = VERB_NONE;
	assert_refused(&r);
	r = sample();
	r.verb = VERB_MAX + 1;
	assert_refused(&r);
	r = sample();
	r.ns = NS_ALL + 1;
	assert_refused(&r);
	r = sample();
	r.timeout_ms = -1;
	assert_refused(&r);
	r = sample();
	r.timeout_ms = INT64_MAX; /* which is added to what the clock says */
	assert_refused(&r);
	r = sample();
	r.interval_ms = 199;
	assert_refused(&r);
	r = sample();
	r.host_pid = -1;
	assert_refused(&r);
	r = sample();
	r.host_pid = INT64_C(1) << 32;
	assert_refused(&r);
	r = sample();
	r.engine.scheme = ENGINE_SCHEME_MAX + 1;
	assert_refused(&r);
	r = sample();
	r.engine.port = 65536;
	assert_refused(&r);
}

static struct request plain(enum verb verb)
{
	return (struct request){.verb = verb,
				.target = (char *)"web",
				.engine = {.scheme = ENGINE_UNIX, .path = (char *)"/run/docker.sock"},
				.ns = NS_ALL,
				.tail = -1,
				.signal = verb == VERB_SIGNAL ? 15 : 0};
}

/* Whether it is understood for this verb. */
static bool is_taken(const struct request *from)
{
	cleanup_buf struct buf b = {0};
	cleanup_request struct request r = {0};
	request_encode(from, &b);
	return request_decode(b.data, b.len, &r) == 0;
}

/* Else it could choose another right than the verb's. */
static void what_belongs_to_a_verb_is_refused_with_others(void **state)
{
	(void)state;
	for (enum verb verb = VERB_EXEC; verb <= VERB_MAX; verb++) {
		const bool enters = verb == VERB_EXEC || verb == VERB_SHOW;
		struct request r = plain(verb);
		assert_true(is_taken(&r));
		for (enum service s = 1; s <= SERVICE_MAX; s++) {
			r = plain(verb);
			r.service = s;
			assert_int_equal(is_taken(&r), enters);
		}
		r = plain(verb);
		r.debug = true;
		assert_int_equal(is_taken(&r), enters);
		r = plain(verb);
		r.fallback = true;
		assert_int_equal(is_taken(&r), enters);
		r = plain(verb);
		r.line = (char *)"id";
		assert_int_equal(is_taken(&r), enters || verb == VERB_REFUSED);
		r = plain(verb);
		r.line_first = true;
		assert_int_equal(is_taken(&r), enters);
		r = plain(verb);
		r.toolbox = (char *)"tools";
		assert_int_equal(is_taken(&r), enters);
		r = plain(verb);
		r.static_tool = (char *)"busybox";
		assert_int_equal(is_taken(&r), enters);
		r = plain(verb);
		r.host_pid = 4711;
		assert_int_equal(is_taken(&r), verb == VERB_WHICH);
		r = plain(verb);
		r.watch = true;
		assert_int_equal(is_taken(&r),
				 verb == VERB_LIST || verb == VERB_TOP || verb == VERB_STATS || verb == VERB_LOGS);
		r = plain(verb);
		r.all = true;
		assert_int_equal(is_taken(&r), verb == VERB_SIGNAL);
		r = plain(verb);
		r.session = (char *)"0123456789abcdef";
		assert_int_equal(is_taken(&r), verb == VERB_DIFF);
		r = plain(verb);
		r.signal = 9;
		assert_int_equal(is_taken(&r), verb == VERB_SIGNAL);
	}
	struct request r = plain(VERB_EXEC);
	r.service = SERVICE_READ;
	r.debug = true;
	assert_false(is_taken(&r));
}

static void namespaces_have_their_proc_names(void **state)
{
	(void)state;
	assert_string_equal(ns_bit_name(NS_MNT), "mnt");
	assert_string_equal(ns_bit_name(NS_TIME), "time");
	assert_string_equal(ns_bit_name(NS_ALL), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(what_is_encoded_is_decoded),
		IT(every_cut_is_refused_and_nothing_is_set),
		IT(a_trailing_byte_is_refused),
		IT(values_out_of_range_are_refused),
		IT(what_belongs_to_a_verb_is_refused_with_others),
		IT(namespaces_have_their_proc_names),
	};
	return RUN(tests);
}

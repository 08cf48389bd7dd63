/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/proto/processes.h"

static char *words[] = {(char *)"sh", (char *)"", (char *)"-c\nx\xff", NULL};

static void encode_sample(struct buf *to)
{
	struct process process[] = {
		{.host_pid = 4711, .pid = 1, .uid = 0, .state = 'S', .name = (char *)"sh", .argv = words},
		{.host_pid = 4712, .pid = 7, .ppid = 1, .uid = UINT32_MAX, .state = 'Z', .name = (char *)"a)\n("},
	};
	const struct processes p = {.process = process, .count = 2};
	processes_encode(&p, to);
}

static void what_is_encoded_is_decoded(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	cleanup_processes struct processes p = {0};
	encode_sample(&b);
	assert_int_equal(processes_decode(b.data, b.len, &p), 0);
	assert_int_equal(p.count, 2);
	assert_int_equal(p.process[0].host_pid, 4711);
	assert_int_equal(p.process[0].pid, 1);
	assert_int_equal(strv_len(p.process[0].argv), 3);
	assert_string_equal(p.process[0].argv[1], "");
	assert_string_equal(p.process[0].argv[2], "-c\nx\xff");
	assert_int_equal(p.process[1].ppid, 1);
	assert_int_equal(p.process[1].uid, UINT32_MAX);
	assert_int_equal(p.process[1].state, 'Z');
	assert_string_equal(p.process[1].name, "a)\n(");
	assert_int_equal(strv_len(p.process[1].argv), 0);
}

static void every_cut_and_every_byte_too_many_is_refused(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	encode_sample(&b);
	for (size_t len = 0; len < b.len; len++) {
		struct processes p = {0};
		assert_int_equal(processes_decode(b.data, len, &p), -EBADMSG);
		assert_null(p.process);
	}
	struct processes p = {0};
	buf_add(&b, "", 1);
	assert_int_equal(processes_decode(b.data, b.len, &p), -EBADMSG);
}

static void a_count_that_is_not_there_is_refused(void **state)
{
	(void)state;
	static const unsigned char many[] = {0xff, 0xff, 0, 0}, too_many[] = {1, 0, 1, 0};
	struct processes p = {0};
	assert_int_equal(processes_decode(many, sizeof(many), &p), -EBADMSG);
	assert_int_equal(processes_decode(too_many, sizeof(too_many), &p), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_is_decoded),
		cmocka_unit_test(every_cut_and_every_byte_too_many_is_refused),
		cmocka_unit_test(a_count_that_is_not_there_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

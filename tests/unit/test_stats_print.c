/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/client/amount.h"
#include "lib/client/stats_print.h"

#define W(text) ((char *)(text))

static const struct stats first = {
	.id = W("0123456789abcdef"),
	.name = W("web"),
	.at_ms = 1000,
	.known = STATS_CPU | STATS_MEMORY | STATS_PIDS | STATS_IO | STATS_NET,
	.cpu_ns = 5000000000,
	.cpus = 2,
	.cpu_limit = 1500,
	.memory = 50 << 20,
	.memory_limit = 200 << 20,
	.pids = 7,
	.pids_limit = 77,
	.read_bytes = 1260,
	.written_bytes = 999,
	.received_bytes = 3400000,
	.sent_bytes = 0,
};

static void columns_are_as_in_docker_stats(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct stats_pair pairs[] = {
		{.now = first, .before = first, .samples = 2}, {.now = first}, {.now = first, .samples = 1}};
	const struct stats_look look = {.heading = true};
	pairs[0].before.at_ms -= 500;
	pairs[0].before.cpu_ns -= 250000000;
	pairs[2].now.known = 0;
	pairs[2].now.name = W("");
	assert_int_equal(stats_print(pairs, 3, &look, &b), 0);
	assert_string_equal(buf_text(&b),
			    "NAME          CPU %   MEM USAGE / LIMIT  MEM %   NET I/O     BLOCK I/O      PIDS\n"
			    "web           50.00%  50MiB / 200MiB     25.00%  3.4MB / 0B  1.26kB / 999B  7\n"
			    "0123456789ab  -       -                  -       -           -              -\n");
}

static void without_a_limit_there_is_no_part_of_it(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0}, json = {0};
	struct stats_pair pair = {.now = first, .samples = 1};
	pair.now.memory_limit = pair.now.pids_limit = UINT64_MAX;
	pair.now.cpu_limit = 0;
	pair.now.known &= ~(uint32_t)STATS_NET;
	assert_int_equal(stats_print(&pair, 1, &(const struct stats_look){0}, &b), 0);
	assert_string_equal(buf_text(&b), "web  -  50MiB / -  -  -  1.26kB / 999B  7\n");
	assert_int_equal(stats_print(&pair, 1, &(const struct stats_look){.json = true}, &json), 0);
	assert_string_equal(
		buf_text(&json),
		"[\n {\"id\": \"0123456789abcdef\", \"name\": \"web\", \"cpu_percent\": null, \"cpu_ns\": 5000000000, "
		"\"throttled_ns\": 0, \"cpu_limit\": null, \"cpus\": 2, \"memory\": 52428800, \"memory_limit\": null, "
		"\"memory_percent\": null, \"oom_kills\": 0, \"pids\": 7, \"pids_limit\": null, \"read_bytes\": 1260, "
		"\"written_bytes\": 999, \"received_bytes\": null, \"sent_bytes\": null}\n]\n");
}

static void a_counter_that_went_back_gives_no_rate(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct stats_pair pair = {.now = first, .before = first, .samples = 2};
	const struct stats_look look = {.json = true};
	pair.before.at_ms -= 1000;
	pair.before.cpu_ns += 1;
	assert_int_equal(stats_print(&pair, 1, &look, &b), 0);
	assert_non_null(strstr(buf_text(&b), "\"cpu_percent\": null"));
	assert_non_null(strstr(buf_text(&b), "\"cpu_limit\": 1.500"));
	cleanup_buf struct buf none = {0};
	assert_int_equal(stats_print(NULL, 0, &look, &none), 0);
	assert_string_equal(buf_text(&none), "[]\n");
}

static void amounts_are_those_of_docker(void **state)
{
	(void)state;
	char text[24];
	static const struct {
		uint64_t bytes;
		const char *binary, *decimal;
	} cases[] = {{0, "0B", "0B"},
		     {1000, "1000B", "1kB"},
		     {1023, "1023B", "1.02kB"},
		     {1024, "1KiB", "1.02kB"},
		     {1536, "1.5KiB", "1.54kB"},
		     {123456789, "117.7MiB", "123MB"},
		     {UINT64_MAX, "16EiB", "18.4EB"}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		amount_binary(cases[i].bytes, text, sizeof(text));
		assert_string_equal(text, cases[i].binary);
		amount_decimal(cases[i].bytes, text, sizeof(text));
		assert_string_equal(text, cases[i].decimal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(columns_are_as_in_docker_stats),
					   IT(without_a_limit_there_is_no_part_of_it),
					   IT(a_counter_that_went_back_gives_no_rate), IT(amounts_are_those_of_docker)};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/client/top_print.h"

#define W(text) ((char *)(text))

static char *server[] = {W("/srv/web"), W("a b"), W("\x1b[31m\xff\""), NULL}, *none[] = {NULL};
static struct process now[] = {
	{.host_pid = 4711,
	 .pid = 1,
	 .uid = 1000,
	 .state = 'R',
	 .name = W("web"),
	 .argv = server,
	 .user = W("app"),
	 .cpu_ms = 90061000,
	 .age_ms = 180122000,
	 .resident = 1536 << 10},
	{.host_pid = 4712, .pid = 7, .ppid = 1, .uid = 0, .state = 'Z', .name = W("a\nb"), .argv = none},
	{.host_pid = 4713, .pid = 8, .ppid = 1, .uid = UINT32_MAX, .state = 7, .name = W("x"), .argv = none},
};

static void columns_are_as_in_ps(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	const struct processes p = {.process = now, .count = 3};
	const struct top_look look = {.heading = true};
	assert_int_equal(top_print(&p, NULL, &look, &b), 0);
	assert_string_equal(buf_text(&b),
			    "PID  HOST-PID  USER  %CPU  RSS     TIME        STAT  COMMAND\n"
			    "1    4711      app   50.0  1.5MiB  1-01:01:01  R     /srv/web a b \\x1b[31m\\xff\"\n"
			    "7    4712      0     0.0   0B      00:00:00    Z     [a\\x0ab]\n"
			    "8    4713      -     0.0   0B      00:00:00    ?     [x]\n");
}

static const char *percent(const struct process *is, const struct process *was, struct buf *b)
{
	const struct processes p = {.process = (struct process *)is, .count = 1},
			       before = {.process = (struct process *)was, .count = 1};
	const struct top_look look = {.json = true};
	buf_done(b);
	assert_int_equal(top_print(&p, &before, &look, b), 0);
	return strstr(buf_text(b), "\"cpu_percent\": ");
}

static void time_counts_since_the_last_look(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct process is = now[0], was = now[0];
	was.cpu_ms -= 250;
	was.age_ms -= 1000;
	assert_true(strncmp(percent(&is, &was, &b), "\"cpu_percent\": 25.0,", 20) == 0);
	/* Another process, which has got the number since: its whole life counts. */
	was.age_ms = is.age_ms + 1;
	assert_true(strncmp(percent(&is, &was, &b), "\"cpu_percent\": 50.0,", 20) == 0);
	was = now[0];
	was.host_pid = 1;
	assert_true(strncmp(percent(&is, &was, &b), "\"cpu_percent\": 50.0,", 20) == 0);
	/* No time has passed. */
	was = now[0];
	assert_true(strncmp(percent(&is, &was, &b), "\"cpu_percent\": 0.0,", 19) == 0);
}

static void json_holds_every_field(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0}, nothing = {0};
	const struct processes p = {.process = now, .count = 2}, empty = {0};
	const struct top_look look = {.json = true};
	assert_int_equal(top_print(&p, NULL, &look, &b), 0);
	assert_string_equal(
		buf_text(&b),
		"[\n {\"pid\": 1, \"host_pid\": 4711, \"ppid\": 0, \"user\": 1000, \"user_name\": \"app\", \"state\": "
		"\"R\", "
		"\"cpu_percent\": 50.0, \"cpu_ms\": 90061000, \"age_ms\": 180122000, \"resident\": 1572864, \"name\": "
		"\"web\", "
		"\"command\": [\"/srv/web\", \"a b\", \"\\u001b[31m\xef\xbf\xbd\\\"\"]},\n"
		" {\"pid\": 7, \"host_pid\": 4712, \"ppid\": 1, \"user\": 0, \"user_name\": null, \"state\": \"Z\", "
		"\"cpu_percent\": 0.0, \"cpu_ms\": 0, \"age_ms\": 0, \"resident\": 0, \"name\": \"a\\u000ab\", "
		"\"command\": []}\n]\n");
	assert_int_equal(top_print(&empty, NULL, &look, &nothing), 0);
	assert_string_equal(buf_text(&nothing), "[]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(columns_are_as_in_ps), IT(time_counts_since_the_last_look),
					   IT(json_holds_every_field)};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/tool/pick.h"

static const struct candidate there[] = {
	{.pid = 1, .comm = "init", .program = "tini", .first = "tini", .line = "/sbin/tini -- server"},
	{.pid = 7, .comm = "server", .program = "server", .first = "server", .line = "server -p 80"},
	{.pid = 8, .comm = "worker", .program = "server", .first = "nginx: worker", .line = "nginx: worker"},
	{.pid = 9, .ended = true, .comm = "worker"},
	{.pid = 10, .ended = true, .comm = "gone"},
	{.pid = 11, .comm = "\x1b]0;x\a", .program = "sh", .first = "-sh", .line = "sh\n\x1b[2J"},
};

static int pick(const char *word, pid_t *ret, struct error *err)
{
	*err = ERROR_INIT;
	return pick_process(word, "web", there, ARRAY_SIZE(there), ret, err);
}

static void a_name_is_any_that_the_process_has(void **state)
{
	(void)state;
	struct error err;
	pid_t pid;
	static const struct {
		const char *word;
		pid_t pid;
	} cases[] = {{"init", 1},  {"tini", 1}, {"worker", 8}, {"nginx: worker", 8},
		     {"gone", 10}, {"7", 7},	{"4711", 4711}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(pick(cases[i].word, &pid, &err), 0);
		assert_int_equal(pid, cases[i].pid);
	}
}

static void several_are_listed_rather_than_one_taken(void **state)
{
	(void)state;
	struct error err;
	pid_t pid = -1;
	assert_int_equal(pick("server", &pid, &err), -ENOTUNIQ);
	assert_int_equal(pid, -1);
	assert_non_null(strstr(err.text, "7 (server -p 80), 8 (nginx: worker)"));
	assert_null(strstr(err.text, "tini"));
}

static void nobody_tells_who_is_there_without_obeying_them(void **state)
{
	(void)state;
	struct error err;
	pid_t pid;
	assert_int_equal(pick("apache\x1b", &pid, &err), -ESRCH);
	assert_non_null(strstr(err.text, "apache\\x1b"));
	assert_non_null(strstr(err.text,
			       "1 (/sbin/tini -- server), 7 (server -p 80), 8 (nginx: worker), 11 (sh\\x0a\\x1b[2J)"));
	assert_null(strchr(err.text, 0x1b));
	assert_int_equal(pick("0", &pid, &err), -ESRCH);
	assert_int_equal(pick("-1", &pid, &err), -ESRCH);
	assert_int_equal(pick("", &pid, &err), -ESRCH);
}

static void a_long_list_is_cut_between_two(void **state)
{
	(void)state;
	char list[40];
	pick_list(there, ARRAY_SIZE(there), NULL, list, sizeof(list));
	assert_string_equal(list, "1 (/sbin/tini -- server), ...");
	pick_list(there, 0, NULL, list, sizeof(list));
	assert_string_equal(list, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_name_is_any_that_the_process_has),
		IT(several_are_listed_rather_than_one_taken),
		IT(nobody_tells_who_is_there_without_obeying_them),
		IT(a_long_list_is_cut_between_two),
	};
	return RUN(tests);
}

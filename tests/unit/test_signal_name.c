/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/signal_name.h"

static void names_and_numbers_are_signals(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		int number;
	} words[] = {
		{"HUP", SIGHUP},     {"sighup", SIGHUP}, {"SigTerm", SIGTERM}, {"1", 1},
		{"64", 64},	     {"KILL", SIGKILL},	 {"IOT", SIGABRT},     {"ABRT", SIGABRT},
		{"RTMIN", 34},	     {"RTMIN+0", 34},	 {"sigrtmin+30", 64},  {"RTMAX", 64},
		{"SIGRTMAX-30", 34}, {"SYS", SIGSYS},	 {"CLD", SIGCHLD},     {"07", 7},
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_int_equal(signal_parse(words[i].word), words[i].number);
}

static void anything_else_is_none(void **state)
{
	(void)state;
	static const char *const words[] = {
		"",	    "0",	 "65",	    "-1",	"+1",	    "1 ",      " 1",
		"SIG",	    "SIGSIGHUP", "HUPX",    "HU",	"RTMIN+31", "RTMIN-1", "RTMAX+1",
		"RTMAX-31", "RTMIN+",	 "RTMIN+x", "RTMIN+-1", "RTMIN1",   "0x1",     "18446744073709551617"};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_int_equal(signal_parse(words[i]), -EINVAL);
}

static void each_number_has_a_name_that_is_read_again(void **state)
{
	(void)state;
	char name[SIGNAL_NAME_SIZE];
	for (int n = 1; n <= SIGNAL_MAX; n++) {
		signal_name(n, name);
		assert_int_equal(signal_parse(name), n);
		const char *known = sigabbrev_np(n);
		if (known && n != SIGIO) /* which has two */
			assert_string_equal(name, known);
	}
	signal_name(36, name);
	assert_string_equal(name, "RTMIN+2");
	signal_name(32, name);
	assert_string_equal(name, "32");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(names_and_numbers_are_signals),
		IT(anything_else_is_none),
		IT(each_number_has_a_name_that_is_read_again),
	};
	return RUN(tests);
}

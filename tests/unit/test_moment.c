/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/centerctl/moment.h"

enum { NOW = 1000000 };

static void dates_are_local_unless_they_say_z(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{"2027-01-31", 1801346400000},
		{"2027-01-31Z", 1801353600000},
		{"2027-01-31 13:00", 1801393200000},
		{"2027-01-31T13:00", 1801393200000},
		{"2027-01-31T13:00:05Z", 1801400405000},
		{"2h", NOW - 7200000},
		{"1.5s", NOW - 1500},
		{"90", NOW - 90000},
	};
	setenv("TZ", "XXX-2", 1); /* two hours before UTC */
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		int64_t ms = 0;
		assert_int_equal(moment_parse(good[i].text, NOW, &ms, NULL), 0);
		if (ms != good[i].ms)
			fail_msg("%s: %lld", good[i].text, (long long)ms);
	}
	char text[32];
	moment_show(1801393205999, text, sizeof(text));
	assert_string_equal(text, "2027-01-31 13:00:05");
	unsetenv("TZ");
	tzset();
}

static void what_is_no_time_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "yesterday",
					  "2027-02-29",
					  "2027-13-01",
					  "2027-00-10",
					  "2027-01-00",
					  "2027-1-1",
					  "2027-01-31 24:00",
					  "2027-01-31 12:60",
					  "2027-01-31 1:00",
					  "2027-01-31x13:00",
					  "2027-01-31 13:00:05+01",
					  "-1h",
					  "1w",
					  "2027-01-31ZZ"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int64_t ms = 7;
		struct error err = ERROR_INIT;
		if (moment_parse(bad[i], NOW, &ms, &err) == 0)
			fail_msg("%s", bad[i]);
		assert_true(ms == 7);
	}
}

static void assert_duration(int64_t ms, const char *expected)
{
	char text[32];
	moment_show_duration(ms, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void assert_bytes(uint64_t bytes, const char *expected)
{
	char text[32];
	moment_show_bytes(bytes, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void amounts_are_short(void **state)
{
	(void)state;
	assert_duration(0, "0ms");
	assert_duration(999, "999ms");
	assert_duration(1250, "1.2s");
	assert_duration(59999, "59.9s");
	assert_duration(60000, "1m00s");
	assert_duration(3599999, "59m59s");
	assert_duration(3600000, "1h00m");
	assert_duration(86400000, "1d00h");
	assert_duration((int64_t)400 * 86400000 + 3600000, "400d01h");
	assert_bytes(0, "0");
	assert_bytes(999, "999");
	assert_bytes(1000, "1.0k");
	assert_bytes(999999, "999.9k");
	assert_bytes(1000000, "1.0M");
	assert_bytes(1234567890, "1.2G");
	assert_bytes(UINT64_MAX, "18.4E");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(dates_are_local_unless_they_say_z),
		IT(what_is_no_time_is_refused),
		IT(amounts_are_short),
	};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>
#include <time.h>

#include "lib/base/utc.h"

static void times_are_those_of_the_calendar(void **state)
{
	(void)state;
	char text[UTC_TEXT_SIZE], expected[64];
	static const int64_t times[] = {0, 951782400, 951868799, 1700000000, 4102444800, 68256000, -1, -86401};
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		time_t t = times[i];
		struct tm tm;
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
		utc_text(times[i], text);
		assert_string_equal(text, expected);
	}
}

static void milliseconds_are_three_digits(void **state)
{
	(void)state;
	char text[UTC_TEXT_SIZE];
	utc_text_ms(1700000000007, text);
	assert_string_equal(text, "2023-11-14T22:13:20.007Z");
	utc_text_ms(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	utc_text_ms(-1000, text);
	assert_string_equal(text, "1969-12-31T23:59:59.000Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(times_are_those_of_the_calendar), IT(milliseconds_are_three_digits)};
	return RUN(tests);
}

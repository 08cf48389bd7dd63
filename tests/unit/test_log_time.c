/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/client/log_time.h"

static const int64_t S = 1000000000;
static const int64_t NOW = 1800000000LL * 1000000000;

static int64_t parse(const char *text)
{
	struct error err = ERROR_INIT;
	int64_t ns = 0;
	if (log_time_parse(text, NOW, false, &ns, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return ns;
}

static void so_long_ago(void **state)
{
	(void)state;
	assert_int_equal(parse("10m"), NOW - 600 * S);
	assert_int_equal(parse("1h30m"), NOW - 5400 * S);
	assert_int_equal(parse("1.5h"), NOW - 5400 * S);
	assert_int_equal(parse("2d"), NOW - 2 * 86400 * S);
	assert_int_equal(parse("500ms"), NOW - S / 2);
	assert_int_equal(parse("1s250ms"), NOW - S - S / 4);
	assert_int_equal(parse("7ns"), NOW - 7);
	assert_int_equal(parse("0s"), NOW);
	/* 0 would mean that no time was given. */
	assert_int_equal(parse("100000d"), 1);
}

static void seconds_since_1970(void **state)
{
	(void)state;
	assert_int_equal(parse("1767225600"), 1767225600 * S);
	assert_int_equal(parse("1767225600.25"), 1767225600 * S + S / 4);
	assert_int_equal(parse("1767225600.123456789"), 1767225600 * S + 123456789);
	assert_int_equal(parse("1767225600.1234567899"), 1767225600 * S + 123456789);
	assert_int_equal(parse("0"), 1);
}

static void dates(void **state)
{
	(void)state;
	assert_int_equal(parse("2026-01-31"), 1769817600 * S);
	assert_int_equal(parse("2026-01-31T10:00"), 1769853600 * S);
	assert_int_equal(parse("2026-01-31 10:00"), 1769853600 * S);
	assert_int_equal(parse("2026-01-31T10:00:05.000000001Z"), 1769853605 * S + 1);
	assert_int_equal(parse("2026-01-31T10:00+01:00"), 1769850000 * S);
	assert_int_equal(parse("2026-01-31T10:00:00-05:30"), (1769853600 + 5 * 3600 + 1800) * S);
	assert_int_equal(parse("2026-01-31Z"), 1769817600 * S);
	assert_int_equal(parse("2028-02-29"), 1835395200 * S);
}

static void a_time_of_day_is_local_where_it_may_be(void **state)
{
	(void)state;
	struct error err;
	int64_t ns;
	setenv("TZ", "XXX-2", 1);
	tzset();
	assert_int_equal(log_time_parse("2026-01-31T10:00", NOW, true, &ns, &err), 0);
	assert_int_equal(ns, (1769853600 - 7200) * S);
	assert_int_equal(log_time_parse("2026-01-31T10:00Z", NOW, true, &ns, &err), 0);
	assert_int_equal(ns, 1769853600 * S);
	assert_int_equal(parse("2026-01-31T10:00"), 1769853600 * S);
	unsetenv("TZ");
}

static void what_is_no_time_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {"",
					    "yesterday",
					    "10x",
					    "m",
					    "-5m",
					    "1 h",
					    "1h ",
					    "10m5",
					    ".5h",
					    "1.h",
					    "1767225600.",
					    "1e9",
					    "0x10",
					    "99999999999999999999",
					    "9999999999999d",
					    "2026-13-01",
					    "2026-00-01",
					    "2026-02-30",
					    "2026-02-29",
					    "2026-1-1",
					    "2026-01-31T25:00",
					    "2026-01-31T10",
					    "2026-01-31T10:60",
					    "2026-01-31T10:00:61",
					    "2026-01-31T10:00+99:00",
					    "2026-01-31T10:00+1:00",
					    "2026-01-31T10:00+0100",
					    "2026-01-31T10:00ZZ",
					    "2026-01-31x",
					    "1969-12-31",
					    "2300-01-01",
					    "2026-01-31T"};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct error err = ERROR_INIT;
		int64_t ns = 42;
		if (log_time_parse(texts[i], NOW, false, &ns, &err) != -EINVAL)
			fail_msg("%s is taken for %lld", texts[i], (long long)ns);
		assert_int_equal(ns, 42);
		assert_true(*err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(so_long_ago), IT(seconds_since_1970), IT(dates),
					   IT(a_time_of_day_is_local_where_it_may_be), IT(what_is_no_time_is_refused)};
	return RUN(tests);
}

/* SPDX-License-Identifier: ISC */
#include "moment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

int64_t moment_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whether text is of that shape: '0' stands for any digit, and each other character for itself. */
static bool has_shape(const char *text, const char *shape)
{
	for (; *shape; shape++, text++)
		if (*shape == '0' ? !(*text >= '0' && *text <= '9') : *text != *shape)
			return false;
	return *text == '\0';
}

/* A date that is none, such as 02-30, would be normalised to another one. */
static int to_ms(struct tm *tm, bool utc, int64_t *ret_ms)
{
	struct tm was = *tm;
	tm->tm_isdst = -1;
	time_t t = utc ? timegm(tm) : mktime(tm);
	if (tm->tm_mday != was.tm_mday || tm->tm_mon != was.tm_mon || was.tm_hour > 23 || was.tm_min > 59 ||
	    was.tm_sec > 60)
		return -EINVAL;
	*ret_ms = (int64_t)t * 1000;
	return 0;
}

static int parse_date(const char *text, int64_t *ret_ms)
{
	static const char *const shapes[] = {"0000-00-00", "0000-00-00 00:00", "0000-00-00 00:00:00"};
	char plain[24];
	size_t len = strlen(text);
	if (len < 10 || len >= sizeof(plain))
		return -EINVAL;
	memcpy(plain, text, len + 1);
	bool utc = plain[len - 1] == 'Z';
	if (utc)
		plain[len - 1] = '\0';
	if (plain[10] == 'T')
		plain[10] = ' ';
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		struct tm tm = {0};
		if (!has_shape(plain, shapes[i]))
			continue;
		(void)!sscanf(plain, "%4d-%2d-%2d %2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
			      &tm.tm_min, &tm.tm_sec);
		tm.tm_year -= 1900;
		tm.tm_mon -= 1;
		return to_ms(&tm, utc, ret_ms);
	}
	return -EINVAL;
}

int moment_parse(const char *text, int64_t now_ms, int64_t *ret_ms, struct error *err)
{
	int64_t ago;
	if (parse_date(text, ret_ms) == 0)
		return 0;
	if (parse_duration(text, &ago) == 0) {
		*ret_ms = now_ms - ago;
		return 0;
	}
	return error_set(err, -EINVAL,
			 "\"%s\" is no time: write 2h, 2027-01-31 or \"2027-01-31 13:00\" (with Z for UTC)", text);
}

void moment_show(int64_t ms, char *to, size_t size)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	if (!localtime_r(&t, &tm) || strftime(to, size, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(to, size, "?");
}

void moment_show_duration(int64_t ms, char *to, size_t size)
{
	int64_t s = ms / 1000;
	if (ms < 1000)
		snprintf(to, size, "%" PRId64 "ms", ms);
	else if (s < 60)
		snprintf(to, size, "%" PRId64 ".%" PRId64 "s", s, ms / 100 % 10);
	else if (s < 3600)
		snprintf(to, size, "%" PRId64 "m%02" PRId64 "s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(to, size, "%" PRId64 "h%02" PRId64 "m", s / 3600, s / 60 % 60);
	else
		snprintf(to, size, "%" PRId64 "d%02" PRId64 "h", s / 86400, s / 3600 % 24);
}

void moment_show_bytes(uint64_t bytes, char *to, size_t size)
{
	static const char units[] = "kMGTPE";
	size_t unit = 0;
	uint64_t whole = bytes;
	for (; whole >= 1000 * 1000 && unit + 1 < sizeof(units) - 1; unit++)
		whole /= 1000;
	if (bytes < 1000)
		snprintf(to, size, "%" PRIu64, bytes);
	else
		snprintf(to, size, "%" PRIu64 ".%" PRIu64 "%c", whole / 1000, whole / 100 % 10, units[unit]);
}

/* SPDX-License-Identifier: ISC */
#include "log_time.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "lib/base/cleanup.h"

static const int64_t SECOND = 1000000000;
static const int64_t SECONDS_MAX = 9000000000; /* INT64_MAX nanoseconds are a little more: the year 2255 */

/* One or more digits, at most `max`. -1: there is none, or it is larger. */
static int64_t take_number(const char **at, int64_t max)
{
	int64_t n = 0;
	if (**at < '0' || **at > '9')
		return -1;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		n = n * 10 + (**at - '0');
		if (n > max)
			return -1;
	}
	return n;
}

/* Exactly so many digits. */
static bool take_digits(const char **at, int count, int *ret)
{
	*ret = 0;
	for (; count > 0; count--, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*ret = *ret * 10 + (**at - '0');
	}
	return true;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* ".25" of `unit`, or nothing. What is below a nanosecond is left out. */
static bool take_fraction(const char **at, int64_t unit, int64_t *ret)
{
	*ret = 0;
	if (!take_char(at, '.'))
		return true;
	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		unit /= 10;
		*ret += unit * (**at - '0');
	}
	return true;
}

static int64_t take_unit(const char **at)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {{"ns", 1},
		     {"us", 1000},
		     {"ms", 1000000},
		     {"s", 1000000000},
		     {"m", 60LL * 1000000000},
		     {"h", 3600LL * 1000000000},
		     {"d", 86400LL * 1000000000}};
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t len = strlen(units[i].name);
		if (strncmp(*at, units[i].name, len) == 0) {
			*at += len;
			return units[i].ns;
		}
	}
	return 0;
}

/* "1h30m": numbers, each with its unit. */
static bool parse_ago(const char *text, int64_t *ret_ns)
{
	int64_t sum = 0;
	do {
		int64_t fraction, scaled, whole = take_number(&text, SECONDS_MAX);
		const char *point = text;
		if (whole < 0 || !take_fraction(&text, SECOND, &fraction))
			return false;
		int64_t unit = take_unit(&text);
		if (unit == 0 || whole > SECONDS_MAX * SECOND / unit)
			return false;
		take_fraction(&point, unit, &scaled);
		if (__builtin_add_overflow(sum, whole * unit + scaled, &sum))
			return false;
	} while (*text);
	*ret_ns = sum;
	return true;
}

static bool parse_seconds(const char *text, int64_t *ret_ns)
{
	int64_t fraction, seconds = take_number(&text, SECONDS_MAX);
	if (seconds < 0 || !take_fraction(&text, SECOND, &fraction) || *text)
		return false;
	*ret_ns = seconds * SECOND + fraction;
	return true;
}

/* "T10:00:05.25", or a blank instead of the T, or nothing. */
static bool take_clock(const char **at, struct tm *tm, int64_t *ret_fraction)
{
	*ret_fraction = 0;
	if (!take_char(at, 'T') && !take_char(at, ' '))
		return true;
	if (!take_digits(at, 2, &tm->tm_hour) || !take_char(at, ':') || !take_digits(at, 2, &tm->tm_min))
		return false;
	return !take_char(at, ':') || (take_digits(at, 2, &tm->tm_sec) && take_fraction(at, SECOND, ret_fraction));
}

/* "Z", "+01:00" or nothing, up to the end. */
static bool take_zone(const char **at, bool *ret_given, int *ret_seconds)
{
	int hours, minutes;
	char sign = **at;
	*ret_seconds = 0;
	*ret_given = sign != '\0';
	if (!sign)
		return true;
	(*at)++;
	if (sign == 'Z')
		return **at == '\0';
	if ((sign != '+' && sign != '-') || !take_digits(at, 2, &hours) || !take_char(at, ':') ||
	    !take_digits(at, 2, &minutes) || **at || hours > 23 || minutes > 59)
		return false;
	*ret_seconds = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
	return true;
}

static bool parse_date(const char *text, bool local, int64_t *ret_ns)
{
	struct tm tm = {.tm_isdst = -1};
	int64_t fraction;
	bool zone;
	int offset;
	if (!take_digits(&text, 4, &tm.tm_year) || !take_char(&text, '-') || !take_digits(&text, 2, &tm.tm_mon) ||
	    !take_char(&text, '-') || !take_digits(&text, 2, &tm.tm_mday) || !take_clock(&text, &tm, &fraction) ||
	    !take_zone(&text, &zone, &offset))
		return false;
	if (tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60 || tm.tm_year > 2250)
		return false;
	int day = tm.tm_mday, month = tm.tm_mon -= 1;
	tm.tm_year -= 1900;
	time_t t = zone || !local ? timegm(&tm) : mktime(&tm);
	/* A date that is none, such as 02-30, has been normalised to another one. */
	if (tm.tm_mday != day || tm.tm_mon != month)
		return false;
	*ret_ns = ((int64_t)t - offset) * SECOND + fraction;
	return true;
}

int log_time_parse(const char *text, int64_t now_ns, bool local, int64_t *ret_ns, struct error *err)
{
	int64_t ns;
	bool ok = parse_ago(text, &ns);
	if (ok)
		ns = now_ns > ns ? now_ns - ns : 1;
	else
		ok = parse_seconds(text, &ns) || parse_date(text, local, &ns);
	if (!ok)
		return error_set(err, -EINVAL,
				 "\"%s\" is no time: write 10m (ago), 2026-01-31, 2026-01-31T10:00 (with Z or +01:00), "
				 "or seconds since 1970",
				 text);
	if (ns < 0)
		return error_set(err, -EINVAL, "\"%s\" is before 1970", text);
	/* 0 is "not given". */
	*ret_ns = ns > 0 ? ns : 1;
	return 0;
}

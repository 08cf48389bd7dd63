/* SPDX-License-Identifier: ISC */
#include "rfc3339.h"

#include <stdbool.h>
#include <string.h>

struct cursor {
	const char *at, *end;
	bool bad;
};

static int number(struct cursor *c, int digits, int low, int high)
{
	int value = 0;
	for (int i = 0; i < digits; i++) {
		if (c->at == c->end || *c->at < '0' || *c->at > '9') {
			c->bad = true;
			return low;
		}
		value = value * 10 + (*c->at++ - '0');
	}
	if (value < low || value > high)
		c->bad = true;
	return value;
}

static bool take(struct cursor *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static void expect(struct cursor *c, char wanted)
{
	if (!take(c, wanted))
		c->bad = true;
}

/* Days since 1970 of a date of the Gregorian calendar, whose years begin in March here. */
static int64_t days(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 719468;
}

static int64_t fraction(struct cursor *c)
{
	int64_t ns = 0;
	int digits = 0;
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
		if (++digits <= 9)
			ns = ns * 10 + (*c->at - '0');
	if (digits == 0)
		c->bad = true;
	for (; digits < 9; digits++)
		ns *= 10;
	return ns;
}

static int zone_minutes(struct cursor *c)
{
	if (take(c, 'Z'))
		return 0;
	int sign = take(c, '-') ? -1 : 1;
	if (sign > 0)
		expect(c, '+');
	int hours = number(c, 2, 0, 23);
	expect(c, ':');
	return sign * (hours * 60 + number(c, 2, 0, 59));
}

int64_t rfc3339_parse(const char *text, size_t len)
{
	struct cursor c = {.at = text, .end = text + len};
	int year = number(&c, 4, 1970, 2200);
	expect(&c, '-');
	int month = number(&c, 2, 1, 12);
	expect(&c, '-');
	int day = number(&c, 2, 1, 31);
	expect(&c, 'T');
	int hour = number(&c, 2, 0, 23);
	expect(&c, ':');
	int minute = number(&c, 2, 0, 59);
	expect(&c, ':');
	int second = number(&c, 2, 0, 60);
	int64_t ns = take(&c, '.') ? fraction(&c) : 0;
	int64_t at = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone_minutes(&c) * 60;
	if (c.bad || c.at != c.end || at < 0)
		return -1;
	return at * 1000000000 + ns;
}

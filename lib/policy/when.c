/* SPDX-License-Identifier: ISC */
#include "when.h"

#include <errno.h>
#include <string.h>

enum { DAY_MINUTES = 24 * 60, DAY_SECONDS = DAY_MINUTES * 60, ALL_DAYS = 0x7f };

/* Exactly so many digits; *at moves behind them. -1 if they are not there. */
static int take_digits(const char **at, int count)
{
	int value = 0;
	for (; count > 0; count--, (*at)++) {
		if (**at < '0' || **at > '9')
			return -1;
		value = value * 10 + (**at - '0');
	}
	return value;
}

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* HH:MM as minutes, up to 24:00; -1 if it is not there. */
static int take_minutes(const char **at)
{
	int hours = take_digits(at, 2);
	if (hours < 0 || !take(at, ':'))
		return -1;
	int minutes = take_digits(at, 2);
	if (minutes < 0 || minutes > 59 || hours * 60 + minutes > DAY_MINUTES)
		return -1;
	return hours * 60 + minutes;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	return month == 2 ? 28 + is_leap(year) : 30 + ((month + (month > 7)) & 1);
}

/* Days since 1970-01-01. */
static int64_t days_since_1970(int year, int month, int day)
{
	int64_t days = day - 1;
	for (int m = 1; m < month; m++)
		days += days_in_month(year, m);
	int y = year - 1;
	return days + (int64_t)y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

int when_parse_date(const char *text, bool end_of_day, int64_t *ret)
{
	const char *at = text;
	int year = take_digits(&at, 4);
	int month = year >= 1970 && take(&at, '-') ? take_digits(&at, 2) : -1;
	int day = month >= 1 && month <= 12 && take(&at, '-') ? take_digits(&at, 2) : -1;
	if (day < 1 || day > days_in_month(year, month))
		return -EINVAL;
	int64_t minutes = end_of_day ? DAY_MINUTES : 0;
	if (take(&at, 'T'))
		minutes = take_minutes(&at);
	if (minutes < 0 || *at)
		return -EINVAL;
	*ret = days_since_1970(year, month, day) * DAY_SECONDS + minutes * 60;
	return 0;
}

static int day_of(const char *text)
{
	static const char days[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	for (int i = 0; i < 7; i++)
		if (strcmp(text, days[i]) == 0)
			return i;
	return -1;
}

/* "mon", "mon-fri", "sat-mon"; 0 if it is none. */
static uint32_t parse_days(char *text)
{
	char *dash = strchr(text, '-');
	if (dash)
		*dash = '\0';
	int first = day_of(text), last = dash ? day_of(dash + 1) : first;
	if (first < 0 || last < 0)
		return 0;
	uint32_t set = 0;
	for (int day = first;; day = (day + 1) % 7) {
		set |= 1u << day;
		if (day == last)
			return set;
	}
}

int when_parse_hours(char *text, struct policy_hours *ret)
{
	char *slash = strchr(text, '/');
	uint32_t days = ALL_DAYS;
	if (slash) {
		*slash = '\0';
		days = parse_days(text);
	}
	const char *at = slash ? slash + 1 : text;
	int begin = take_minutes(&at);
	if (begin < 0 || !take(&at, '-'))
		return -EINVAL;
	int end = take_minutes(&at);
	if (days == 0 || end < 0 || *at || begin == end || begin == DAY_MINUTES)
		return -EINVAL;
	*ret = (struct policy_hours){days, (uint32_t)begin, (uint32_t)end};
	return 0;
}

bool when_in_hours(const struct policy_hours *h, int64_t local)
{
	int64_t day = local / DAY_SECONDS - (local % DAY_SECONDS < 0);
	uint32_t minute = (uint32_t)((local - day * DAY_SECONDS) / 60);
	uint32_t today = (uint32_t)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
	uint32_t yesterday = (today + 6) % 7;
	if (h->begin < h->end)
		return (h->days >> today & 1) && minute >= h->begin && minute < h->end;
	return ((h->days >> today & 1) && minute >= h->begin) || ((h->days >> yesterday & 1) && minute < h->end);
}

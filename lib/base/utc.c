/* SPDX-License-Identifier: ISC */
#include "utc.h"

#include <stdio.h>

enum { DAY_S = 86400 };

/* The Gregorian calendar, days counted from 1 March of the year 0; `behind` follows the seconds. */
static void format(int64_t seconds, const char *behind, char to[UTC_TEXT_SIZE])
{
	int64_t days = seconds / DAY_S, rest = seconds % DAY_S;
	if (rest < 0) {
		rest += DAY_S;
		days--;
	}
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day + 2) / 153; /* from March on */
	int64_t year = year_of_era + era * 400 + (month >= 10);
	snprintf(to, UTC_TEXT_SIZE, "%04lld-%02d-%02dT%02d:%02d:%02d%sZ", (long long)year,
		 (int)(month < 10 ? month + 3 : month - 9), (int)(day - (153 * month + 2) / 5 + 1), (int)(rest / 3600),
		 (int)(rest / 60 % 60), (int)(rest % 60), behind);
}

void utc_text(int64_t seconds, char to[UTC_TEXT_SIZE])
{
	format(seconds, "", to);
}

void utc_text_ms(int64_t ms, char to[UTC_TEXT_SIZE])
{
	char behind[8];
	int64_t seconds = ms / 1000 - (ms % 1000 < 0);
	snprintf(behind, sizeof(behind), ".%03d", (int)(ms - seconds * 1000));
	format(seconds, behind, to);
}

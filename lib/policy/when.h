/* SPDX-License-Identifier: ISC */
/* Dates and hours, in local time: seconds since 1970 as the wall clock shows them. */
#ifndef CENTERCTL_POLICY_WHEN_H
#define CENTERCTL_POLICY_WHEN_H

#include "block.h"

/* "2027-01-31" or "2027-01-31T18:00". A day alone is its first second, or with end_of_day that of the next. 0 or
 * -EINVAL. */
int when_parse_date(const char *text, bool end_of_day, int64_t *ret);

/* "08:00-18:00", "mon-fri/22:00-06:00", "sun/00:00-24:00". 0 or -EINVAL. */
int when_parse_hours(char *text, struct policy_hours *ret);

/* Whether it is that time of the week. What passes midnight belongs to the day on which it begins. */
bool when_in_hours(const struct policy_hours *h, int64_t local);

#endif

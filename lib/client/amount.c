/* SPDX-License-Identifier: ISC */
#include "amount.h"

#include <inttypes.h>
#include <stdio.h>

static void show(uint64_t bytes, double base, const char *const *units, int digits, char *to, size_t size)
{
	double value = (double)bytes;
	for (; value >= base && units[1]; units++)
		value /= base;
	snprintf(to, size, "%.*g%s", digits, value, *units);
}

void amount_binary(uint64_t bytes, char *to, size_t size)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", NULL};
	show(bytes, 1024, units, 4, to, size);
}

void amount_decimal(uint64_t bytes, char *to, size_t size)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB", NULL};
	show(bytes, 1000, units, 3, to, size);
}

void amount_time(uint64_t ms, char *to, size_t size)
{
	uint64_t s = ms / 1000, days = s / 86400;
	unsigned hours = (unsigned)(s / 3600 % 24), minutes = (unsigned)(s / 60 % 60), seconds = (unsigned)(s % 60);
	if (days > 0)
		snprintf(to, size, "%" PRIu64 "-%02u:%02u:%02u", days, hours, minutes, seconds);
	else
		snprintf(to, size, "%02u:%02u:%02u", hours, minutes, seconds);
}

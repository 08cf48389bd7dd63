/* SPDX-License-Identifier: ISC */
/* Times, durations and amounts, as people write and read them. Times of day are local. */
#ifndef CENTERCTL_MOMENT_H
#define CENTERCTL_MOMENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * "2h" (so long ago), "2027-01-31", "2027-01-31 13:00" or "2027-01-31T13:00:05", in local time, or with a Z behind it
 * in UTC. Milliseconds since 1970. 0 or -EINVAL.
 */
int moment_parse(const char *text, int64_t now_ms, int64_t *ret_ms, struct error *err);

/* "2027-01-31 13:00:05" */
void moment_show(int64_t ms, char *to, size_t size);
/* "5ms", "1.2s", "3m05s", "2h07m", "4d03h" */
void moment_show_duration(int64_t ms, char *to, size_t size);
/* "512", "1.2k", "3.4M" bytes */
void moment_show_bytes(uint64_t bytes, char *to, size_t size);

/* CLOCK_REALTIME in milliseconds. */
int64_t moment_now(void);

#endif

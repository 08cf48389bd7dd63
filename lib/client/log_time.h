/* SPDX-License-Identifier: ISC */
/* Times as `docker logs --since` takes them, to the nanosecond. */
#ifndef CENTERCTL_CLIENT_LOG_TIME_H
#define CENTERCTL_CLIENT_LOG_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * "10m", "1h30m", "1.5h" (so long before now_ns), "1767225600.25" (seconds since 1970), "2026-01-31",
 * "2026-01-31T10:00", "2026-01-31T10:00:05.25", each with Z or +01:00 behind it; without that in UTC, or in local time
 * if `local`, for which the C library reads the zone's file. Nanoseconds since 1970, 1 or more. 0 or -EINVAL.
 */
int log_time_parse(const char *text, int64_t now_ns, bool local, int64_t *ret_ns, struct error *err);

#endif

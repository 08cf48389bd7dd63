/* SPDX-License-Identifier: ISC */
/* Times as RFC 3339 has them, in UTC. gmtime(3) would read the time zone's file. Pure. */
#ifndef CENTERCTL_BASE_UTC_H
#define CENTERCTL_BASE_UTC_H

#include <stdint.h>

enum { UTC_TEXT_SIZE = 40 };

/* Seconds since 1970: "2026-01-31T10:00:00Z". */
void utc_text(int64_t seconds, char to[UTC_TEXT_SIZE]);

/* Milliseconds since 1970: "2026-01-31T10:00:00.250Z". */
void utc_text_ms(int64_t ms, char to[UTC_TEXT_SIZE]);

#endif

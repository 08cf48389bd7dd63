/* SPDX-License-Identifier: ISC */
/* Times as engines write them: "2026-11-22T13:25:16.123456789Z", "...+01:00". Pure. */
#ifndef CENTERCTL_ENGINE_RFC3339_H
#define CENTERCTL_ENGINE_RFC3339_H

#include <stddef.h>
#include <stdint.h>

enum { RFC3339_MAX = 40 };

/* Nanoseconds since 1970, or -1 if the whole of text is no such time, or one before 1970 or after 2200. */
int64_t rfc3339_parse(const char *text, size_t len);

#endif

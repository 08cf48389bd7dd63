/* SPDX-License-Identifier: ISC */
/*
 * What an engine says of itself in the header lines of its answer to `HEAD /_ping`: no body, no JSON. Pure functions.
 */
#ifndef CENTERCTL_DOCTOR_PING_H
#define CENTERCTL_DOCTOR_PING_H

#include <stdbool.h>
#include <stddef.h>

enum { PING_MAX = 8192, PING_SERVER_MAX = 64 };

struct ping {
	unsigned major, minor;	      /* of Docker's API */
	char server[PING_SERVER_MAX]; /* "Docker/20.10.24 (linux)", "Libpod/4.3.1 (linux)"; printable ASCII */
};

extern const char ping_request[];

/* Whether the header has come to its end. */
bool ping_is_whole(const char *text, size_t len);

/* 0, or -EBADMSG if that is no answer of an engine: no HTTP, another status than 200, no Api-Version,
 * or a header without an end. */
int ping_parse(const char *text, size_t len, struct ping *ret);

/* Whether the API is at least major.minor. */
bool ping_is_at_least(const struct ping *p, unsigned major, unsigned minor);

#endif

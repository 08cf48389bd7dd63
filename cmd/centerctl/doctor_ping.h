/* SPDX-License-Identifier: ISC */
/* Asks a socket whether an engine answers there, in a process that can do nothing else. */
#ifndef CENTERCTL_DOCTOR_PING_VERB_H
#define CENTERCTL_DOCTOR_PING_VERB_H

#include <sys/socket.h>

#include "lib/doctor/ping.h"

enum { PING_MS = 5000 };

/*
 * 0; -ECONNREFUSED, -ENOENT, -EACCES, ... if there is no connection; -EBADMSG if what answers is no engine, or none
 * that speaks without TLS; -ETIMEDOUT.
 */
int doctor_ping(const struct sockaddr *address, socklen_t len, struct ping *ret);
int doctor_ping_path(const char *path, struct ping *ret);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * A name to addresses, as the container sees them: its /etc/hosts, then the servers in its /etc/resolv.conf. Nothing
 * else is asked: nsswitch.conf names shared objects of the container, which this process must never load, and
 * getaddrinfo(3) of a static program would load them.
 */
#ifndef CENTERCTL_INSIDE_LOOK_H
#define CENTERCTL_INSIDE_LOOK_H

#include "lib/base/error.h"
#include "lib/inside/hosts.h"

/* -ENOENT if there is no such name, -EAGAIN if no server answers; both with a text. May take as long as it likes. */
int look_up(const char *name, struct hosts_found *ret, struct error *err);

#endif

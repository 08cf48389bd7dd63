/* SPDX-License-Identifier: ISC */
/* What a name server answered (RFC 1035): bytes of somebody who may be hostile. Pure. */
#ifndef CENTERCTL_INSIDE_DNS_H
#define CENTERCTL_INSIDE_DNS_H

#include <stddef.h>

#include "hosts.h"

enum dns_type { DNS_A = 1, DNS_AAAA = 28 };

/*
 * Adds the addresses of this type in the answer section, in its order, whichever name they are for: the server has
 * followed the aliases. What does not parse ends the reading.
 */
void dns_take(const unsigned char *answer, size_t len, enum dns_type type, struct hosts_found *to);

#endif

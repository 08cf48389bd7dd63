/* SPDX-License-Identifier: ISC */
/* Networks, for `from`. IPv4 is held as ::ffff:a.b.c.d, but 0.0.0.0/0 and ::/0 are two things. */
#ifndef CENTERCTL_POLICY_NET_H
#define CENTERCTL_POLICY_NET_H

#include "block.h"

/*
 * "10.0.0.0/8", "2001:db8::/32", "192.0.2.7". 0; -EINVAL; or -EDOM if bits of the host are set: then *ret is the
 * network that was meant.
 */
int net_parse(char *text, struct policy_net *ret);

/* "10.0.0.0/8". */
enum { NET_TEXT_MAX = INET6_ADDRSTRLEN + 4 };
void net_format(const struct policy_net *n, char text[NET_TEXT_MAX]);

bool net_has(const struct policy_net *n, const struct in6_addr *address);

#endif

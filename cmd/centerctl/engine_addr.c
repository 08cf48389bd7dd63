/* SPDX-License-Identifier: ISC */
#include "engine_addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const struct addrinfo *choose(const struct addrinfo *list)
{
	for (const struct addrinfo *a = list; a; a = a->ai_next)
		if (a->ai_family == AF_INET)
			return a;
	return list;
}

int engine_addr_lookup(struct engine *e, struct error *err)
{
	char port[16];
	struct addrinfo *list = NULL;
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	snprintf(port, sizeof(port), "%u", e->port);
	int r = getaddrinfo(e->host, port, &hints, &list);
	if (r != 0)
		return error_set(err, -EHOSTUNREACH, "cannot find the address of the engine's host %s: %s", e->host,
				 r == EAI_SYSTEM ? error_name(errno) : gai_strerror(r));
	const struct addrinfo *a = choose(list);
	if (!a)
		return error_set(err, -EHOSTUNREACH, "the engine's host %s has no address", e->host);
	memcpy(&e->addr, a->ai_addr, a->ai_addrlen);
	e->addr_len = a->ai_addrlen;
	freeaddrinfo(list);
	return 0;
}

bool engine_addr_is_loopback(const struct engine *e)
{
	if (e->addr.ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, &e->addr, sizeof(in));
		return ntohl(in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	if (e->addr.ss_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, &e->addr, sizeof(in6));
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) ||
		       (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) && in6.sin6_addr.s6_addr[12] == IN_LOOPBACKNET);
	}
	return false;
}

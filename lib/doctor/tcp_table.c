/* SPDX-License-Identifier: ISC */
#include "tcp_table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"

enum { STATE_LISTEN = 0x0a };

void tcp_table_done(struct tcp_table *t)
{
	free(t->list);
	*t = (struct tcp_table){0};
}

/* The kernel prints an address as 32-bit numbers of its own byte order. */
static bool parse_address(const char *hex, size_t len, struct in6_addr *ret)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	size_t words = len / 8;
	if (len != 8 && len != 32)
		return false;
	unsigned char *to = ret->s6_addr;
	if (words == 1) {
		memcpy(to, mapped, sizeof(mapped));
		to += sizeof(mapped);
	}
	for (size_t i = 0; i < words; i++) {
		char piece[9] = "", *end;
		memcpy(piece, hex + i * 8, 8);
		uint32_t word = (uint32_t)strtoul(piece, &end, 16);
		if (*end)
			return false;
		memcpy(to + i * 4, &word, 4);
	}
	return true;
}

/* "  0: 0100007F:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 ..." */
static bool parse_line(const char *line, struct tcp_listener *ret)
{
	char address[40];
	unsigned port, state;
	if (sscanf(line, " %*u: %39[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*u %*u %" SCNu64, address, &port, &state,
		   &ret->inode) != 4)
		return false;
	ret->port = (uint16_t)port;
	return state == STATE_LISTEN && port <= UINT16_MAX && parse_address(address, strlen(address), &ret->address);
}

int tcp_table_add(struct tcp_table *t, const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		struct tcp_listener new;
		char line[512];
		size_t len = strcspn(text, "\n");
		if (len >= sizeof(line))
			continue;
		memcpy(line, text, len);
		line[len] = '\0';
		if (!parse_line(line, &new))
			continue;
		struct tcp_listener *bigger = reallocarray(t->list, t->count + 1, sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		t->list = bigger;
		t->list[t->count++] = new;
	}
	return 0;
}

bool tcp_listener_is_loopback(const struct tcp_listener *l)
{
	return IN6_IS_ADDR_LOOPBACK(&l->address) ||
	       (IN6_IS_ADDR_V4MAPPED(&l->address) && l->address.s6_addr[12] == 127);
}

void tcp_listener_text(const struct tcp_listener *l, char ret[TCP_LISTENER_TEXT])
{
	char text[INET6_ADDRSTRLEN] = "?";
	bool v4 = IN6_IS_ADDR_V4MAPPED(&l->address);
	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? &l->address.s6_addr[12] : l->address.s6_addr, text, sizeof(text));
	snprintf(ret, TCP_LISTENER_TEXT, v4 ? "%s:%u" : "[%s]:%u", text, l->port);
}

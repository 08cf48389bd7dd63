/* SPDX-License-Identifier: ISC */
/* The listening sockets in /proc/PID/net/tcp and tcp6. Pure functions. */
#ifndef CENTERCTL_DOCTOR_TCP_TABLE_H
#define CENTERCTL_DOCTOR_TCP_TABLE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tcp_listener {
	struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d */
	uint16_t port;
	uint64_t inode; /* as in the link "socket:[INODE]" of /proc/PID/fd */
};

struct tcp_table {
	struct tcp_listener *list;
	size_t count;
};

void tcp_table_done(struct tcp_table *t);
#define cleanup_tcp_table __attribute__((cleanup(tcp_table_done)))

/* Adds those in `text`, the content of the file; lines that are none are passed over. 0 or -ENOMEM. */
int tcp_table_add(struct tcp_table *t, const char *text);

/* Whether others than this host can reach it. */
bool tcp_listener_is_loopback(const struct tcp_listener *l);

/* "127.0.0.1:2375", "[::]:2376". */
enum { TCP_LISTENER_TEXT = 64 };
void tcp_listener_text(const struct tcp_listener *l, char ret[TCP_LISTENER_TEXT]);

#endif

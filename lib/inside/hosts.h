/* SPDX-License-Identifier: ISC */
/* The container's /etc/hosts, hosts(5): text of somebody who may be hostile. Pure. */
#ifndef CENTERCTL_INSIDE_HOSTS_H
#define CENTERCTL_INSIDE_HOSTS_H

#include <netinet/in.h>
#include <stddef.h>

enum { HOSTS_FILE_MAX = 1 << 20, HOSTS_ADDRESSES_MAX = 16 };

/* Addresses to try, in order. The port is 0. */
struct hosts_found {
	struct sockaddr_storage address[HOSTS_ADDRESSES_MAX];
	size_t count;
};

/* Adds one, unless it is there already or there are too many. family is AF_INET or AF_INET6, raw its address. */
void hosts_add(struct hosts_found *to, int family, const void *raw);

/* An address as text: 0, or -EINVAL if it is none. */
int hosts_add_numeric(struct hosts_found *to, const char *text);

/* Adds the addresses that the text has for name, in its order; names are compared without regard to case. */
void hosts_find(const char *text, size_t len, const char *name, struct hosts_found *to);

#endif

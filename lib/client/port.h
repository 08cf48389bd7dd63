/* SPDX-License-Identifier: ISC */
/* Where dial connects to, and where forward listens, as they are typed. Pure functions. */
#ifndef CENTERCTL_CLIENT_PORT_H
#define CENTERCTL_CLIENT_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * [HOST:]PORT. HOST is a name or an IPv4 address ([A-Za-z0-9_.-], up to 253 bytes), or an IPv6 address in brackets.
 * localhost and 127.0.0.1 are the container itself, as no HOST is: *ret_host is NULL then, else a string that the
 * caller frees, without brackets and as typed. 0, -EINVAL or -ENOMEM.
 */
int port_parse(const char *text, char **ret_host, uint16_t *ret_port, struct error *err);

/* A decimal number from 1 to 65535. 0 or -EINVAL. */
int port_parse_number(const char *text, uint16_t *ret);

/* The same as a vector of words for a request's command: [HOST] PORT, with the port in its shortest form. */
int port_words(const char *text, char ***ret, struct error *err);

/* One of forward's words: [[ADDRESS:]LOCAL:]TARGET:[HOST:]PORT. */
struct port_forward {
	char *address;	/* numeric; NULL: not given */
	uint16_t local; /* 0: any that is free */
	bool has_local; /* false: the same as port, where that is free to be had */
	char *target;
	char *host; /* NULL: the container itself */
	uint16_t port;
};

void port_forward_done(struct port_forward *f);
#define cleanup_port_forward __attribute__((cleanup(port_forward_done)))

/*
 * A first word of digits alone is LOCAL, not a container: those have letters or are written behind a LOCAL. ADDRESS is
 * numeric, an IPv6 one in brackets. Zero-initialised *ret is filled; 0, -EINVAL or -ENOMEM.
 */
int port_forward_parse(const char *text, struct port_forward *ret, struct error *err);

#endif

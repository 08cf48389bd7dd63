/* SPDX-License-Identifier: ISC */
/* One listening socket of `centerctl forward`, and the processes that serve its connections. */
#ifndef CENTERCTL_FORWARD_H
#define CENTERCTL_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/client/port.h"

enum { FORWARD_ADDRESS_MAX = 64, FORWARD_SOCKETS_MAX = 64, FORWARD_CONNECTIONS_MAX = 256 };

struct forward_options {
	char *bind; /* numeric, without brackets; NULL: 127.0.0.1 */
	char *ssh;  /* a destination of ssh's; NULL: the container is this host's */
	char *user, *engine;
	bool help;
};

struct forward_socket {
	struct port_forward what;
	int fd;
	char local[FORWARD_ADDRESS_MAX]; /* "127.0.0.1:8080" */
	char *remote;			 /* "web:80" */
};

void forward_socket_done(struct forward_socket *s);

/* Listens as one of the words says. 0 or -errno with a text: port in use, privileged, address of nobody. */
int forward_listen(struct forward_socket *s, const struct forward_options *o, struct error *err);

/*
 * Asks for each container, as a connection would be made: what is refused, stopped or not there at all is said now and
 * not when somebody connects. 0, the exit code after that was said, or -errno.
 */
int forward_check(const struct forward_options *o, const struct forward_socket *sockets, size_t count,
		  struct error *err);

/*
 * Serves connections until INT, TERM or HUP, then ends them all. Returns an exit code, 0 after such a signal, or
 * -errno.
 */
int forward_serve(const struct forward_options *o, const struct forward_socket *sockets, size_t count,
		  struct error *err);

#endif

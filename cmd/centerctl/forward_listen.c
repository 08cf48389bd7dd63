/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "forward.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"

enum { BACKLOG = 128 };

void forward_socket_done(struct forward_socket *s)
{
	port_forward_done(&s->what);
	s->fd = close_fd(s->fd);
	free(s->remote);
	s->remote = NULL;
}

/* Its length, or -EINVAL. */
static int make_address(const char *text, uint16_t port, struct sockaddr_storage *ret, struct error *err)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		return sizeof(*v6);
	}
	return error_set(err, -EINVAL, "--bind %s: a numeric address is expected, as 127.0.0.1 or 0.0.0.0", text);
}

static void put_local(struct forward_socket *s, const char *address, uint16_t port)
{
	snprintf(s->local, sizeof(s->local), strchr(address, ':') ? "[%s]:%u" : "%s:%u", address, port);
}

static int put_remote(struct forward_socket *s, struct error *err)
{
	cleanup_buf struct buf b = {0};
	const struct port_forward *w = &s->what;
	buf_printf(&b, "%s:", w->target);
	if (w->host)
		buf_printf(&b, strchr(w->host, ':') ? "[%s]:" : "%s:", w->host);
	buf_printf(&b, "%u", w->port);
	s->remote = buf_text(&b) ? strdup(b.data) : NULL;
	return s->remote ? 0 : error_errno(err, -ENOMEM, "the list of ports");
}

static int refuse(const struct forward_socket *s, int code, struct error *err)
{
	switch (code) {
	case -EADDRINUSE:
		return error_set(err, code,
				 "cannot listen on %s: something else does already; name another port in front, as "
				 "18080:%s, or 0 for any that is free",
				 s->local, s->remote);
	case -EACCES:
		return error_set(err, code,
				 "cannot listen on %s: ports below 1024 are for root alone; name another port in "
				 "front, as 18080:%s",
				 s->local, s->remote);
	case -EADDRNOTAVAIL:
		return error_set(err, code, "cannot listen on %s: this host does not have that address", s->local);
	default:
		return error_errno(err, code, "cannot listen on %s", s->local);
	}
}

int forward_listen(struct forward_socket *s, const struct forward_options *o, struct error *err)
{
	struct sockaddr_storage a;
	uint16_t port = s->what.has_local ? s->what.local : s->what.port;
	const char *address = s->what.address ? s->what.address : o->bind ? o->bind : "127.0.0.1";
	int len = make_address(address, port, &a, err);
	if (len < 0)
		return len;
	put_local(s, address, port);
	int r = put_remote(s, err);
	if (r < 0)
		return r;
	s->fd = socket(a.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* What ended a moment ago does not hold the port. */
	if (s->fd < 0 || setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) < 0 ||
	    bind(s->fd, (struct sockaddr *)&a, (socklen_t)len) < 0 || listen(s->fd, BACKLOG) < 0)
		return refuse(s, -errno, err);
	socklen_t room = sizeof(a);
	if (port == 0 && getsockname(s->fd, (struct sockaddr *)&a, &room) == 0)
		put_local(s, address, ntohs(((struct sockaddr_in *)&a)->sin_port)); /* at the same place for both */
	return 0;
}

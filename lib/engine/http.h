/* SPDX-License-Identifier: ISC */
/*
 * One HTTP GET over a connection that somebody else made. libcurl never resolves a name, opens a socket, follows a
 * redirect, asks a proxy, reads a file or starts a thread here. Limits are those of lib/proto/answer.h: headers,
 * body, and time for the whole exchange.
 */
#ifndef CENTERCTL_ENGINE_HTTP_H
#define CENTERCTL_ENGINE_HTTP_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/proto/answer.h"

struct http;

/*
 * Makes ready what needs no connection yet: libcurl, and for an ask with TLS the TLS library and the system's
 * certificate authorities, if the ask brings none of its own; so call it before files are out of reach. ask may be
 * NULL. Returns 0, or -EBADMSG with why set.
 */
int http_new(const struct ask_http *ask, struct http **ret, struct answer_error_info *why);
void http_free(struct http *h);

/*
 * Asks for path ("/containers/web/json") on the connected stream socket fd, which stays the caller's. Returns the
 * status with the body in *body, or -EBADMSG with why set: an answer is whole or it is none.
 */
int http_get(struct http *h, const struct ask_http *ask, int fd, const char *path, struct buf *body,
	     struct answer_error_info *why);

#endif

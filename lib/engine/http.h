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

/*
 * The same for an answer that has no end of its own, or no limit. What comes with status 200 is given to take(), as it
 * comes, instead of to *body. take() returns 0, or anything else to end this. ask->timeout_ms is for all of it, or,
 * with `open`, until such an answer has begun; with `patient` there is no limit to that either.
 */
struct http_sink {
	int (*take)(void *arg, const char *data, size_t len);
	void *arg;
	bool open, patient;
};
enum http_end {
	HTTP_WHOLE = 0,
	HTTP_STOPPED, /* by take() */
	HTTP_CUT,     /* an answer that had begun broke off */
};

/* Returns the status, with 200 how it ended in *ret_end; or -EBADMSG with why set. */
int http_stream(struct http *h, const struct ask_http *ask, int fd, const char *path, const struct http_sink *sink,
		struct buf *body, enum http_end *ret_end, struct answer_error_info *why);

#endif

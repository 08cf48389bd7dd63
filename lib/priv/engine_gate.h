/* SPDX-License-Identifier: ISC */
/*
 * The connection to the engine is root, so centerctl-resolve never holds it. The one request is ours: its target we
 * chose, its words we wrote, and it is sent at once, so that the engine works while centerctl-resolve is still being
 * loaded. That one talks into one end of a socket pair; what it asks there is compared with what was asked, and only
 * then does it get the answer. Nothing of it ever reaches the engine.
 *
 * With TLS nothing can be compared on the way: then centerctl-resolve gets the connection itself.
 */
#ifndef CENTERCTL_PRIV_ENGINE_GATE_H
#define CENTERCTL_PRIV_ENGINE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/proto/request.h"

/*
 * Connects to the engine within the deadline. Returns the descriptor, or -errno with a text that says what stands
 * behind it and what to do.
 */
int engine_connect(const struct engine *e, int abort_fd, int64_t deadline, struct error *err);

/* Sends our own GET of path. 0 or -errno. */
int engine_send_request(int engine, const char *path);

/*
 * Whether `text`, which ends with the empty line, is the one permitted request: GET of `path`, and of header fields
 * only Host, User-Agent, Accept and Connection.
 */
bool engine_request_is(const char *text, size_t len, const char *path);

/*
 * After engine_send_request(): waits for the same request on `inner` (our end of the pair), then passes the engine's
 * answer on, at most so many bytes of it, until `until` is readable (the answer has been parsed) or the engine has
 * closed and everything is passed on. 0; -EACCES if another request than GET of path was tried; -ETIMEDOUT; -ECANCELED;
 * -EFBIG.
 */
int engine_gate(int inner, int engine, int until, const char *path, size_t most, int abort_fd, int64_t deadline,
		struct error *err);

/*
 * The first half of that, for answers that are passed on otherwise: reads what centerctl-resolve wants to ask up to the
 * empty line, and judges it. 0, 1 if it asks nothing, or -errno.
 */
int engine_await_request(int inner, int until, const char *path, int abort_fd, int64_t deadline, struct error *err);

#endif

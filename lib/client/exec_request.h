/* SPDX-License-Identifier: ISC */
/* From exec's options to what centerctl-enter and the session are told: the part that centerctl and the gate share. */
#ifndef CENTERCTL_CLIENT_EXEC_REQUEST_H
#define CENTERCTL_CLIENT_EXEC_REQUEST_H

#include "exec_options.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "session.h"

/* Looks at descriptors 0-2 and at TERM, and fills in what the request says of terminal and stdin. 0 or -ENOMEM. */
int exec_request_terminal(struct exec_options *o, struct error *err);

/* Appends the request's message, unless it is too long. 0, -E2BIG or -ENOMEM. */
int exec_request_encode(const struct request *r, struct buf *to, struct error *err);

/* The session that belongs to a complete request; json (which must outlive it) is about --show. */
struct session_setup exec_request_setup(const struct exec_options *o, bool *json);

#endif

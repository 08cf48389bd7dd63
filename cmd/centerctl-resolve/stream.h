/* SPDX-License-Identifier: ISC */
/* Answers that have no end of their own: logs and events. */
#ifndef CENTERCTL_RESOLVE_STREAM_H
#define CENTERCTL_RESOLVE_STREAM_H

#include "serve.h"

/* The exchange of an ask for one of these. 0, or -EBADMSG if it is none. */
int stream_decode_http(const struct message *ask, struct ask_http *ret);

int stream_logs(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why);
int stream_events(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why);

#endif

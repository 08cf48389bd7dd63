/* SPDX-License-Identifier: ISC */
/* Answers that are taken apart as they come: lists, and what has no end of its own, logs and events. */
#ifndef CENTERCTL_RESOLVE_STREAM_H
#define CENTERCTL_RESOLVE_STREAM_H

#include "serve.h"

/* The exchange of an ask for logs or events. 0, or -EBADMSG if it is none. */
int stream_decode_http(const struct message *ask, struct ask_http *ret);

/*
 * Take apart what the engine sends until it ends, or until nobody reads what of it goes out: logs to the two
 * descriptors that come with the ask, of events nothing but that there was one. 0 with what is to be answered, or
 * -EBADMSG with why.
 */
int stream_logs(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why);
int stream_events(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why);

/* The list of all containers. 0 with what is to be answered, or -EBADMSG with why. */
int stream_list(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why);

#endif

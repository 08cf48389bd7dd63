/* SPDX-License-Identifier: ISC */
/* One ask, one answer. Nothing here remembers what an earlier ask was about. */
#ifndef CENTERCTL_RESOLVE_SERVE_H
#define CENTERCTL_RESOLVE_SERVE_H

#include "lib/engine/http.h"
#include "lib/proto/answer.h"
#include "lib/proto/message.h"

enum { ASK_FDS_MAX = 3 };

struct resolver {
	struct http *http; /* NULL if it could not be made: then http_error is why */
	struct answer_error_info http_error;
	int scratch; /* memfd for compiled filters, or negative */
};

/* Makes the resolver ready; the first ask tells what it will need of files. Before the sandbox. */
void resolver_init(struct resolver *r, const struct message *first);

/* Answers on sock. Returns 0, or -errno when the answer cannot be sent. */
int resolver_answer(struct resolver *r, const struct message *ask, int sock);

/* For those that answer: records that the ask was none that can be understood. -EBADMSG. */
int resolver_refuse_ask(struct answer_error_info *why);

/* Sends ANSWER_ERROR with text. Returns 0 or -errno. */
int resolver_refuse(int sock, const char *text);

#endif

/* SPDX-License-Identifier: ISC */
/* From the word that was typed to a process of this host that is proved to be that container's. */
#ifndef CENTERCTL_ENTER_LOOKUP_H
#define CENTERCTL_ENTER_LOOKUP_H

#include <errno.h>

#include "lib/proto/message.h"
#include "visit.h"

/*
 * One exchange with the engine: an ask_http of that type about word. 0 with the answer, which is the caller's to free;
 * -EREMOTEIO with *info and err set to why there is none; or -errno.
 */
int lookup_ask(struct visit *v, enum ask_type type, const char *word, struct message *ret,
	       struct answer_error_info *info, struct error *err);

/* A connection to the engine on which one request has been sent, and what centerctl-resolve gets of it. */
struct lookup_line {
	int engine; /* -EBADF with TLS */
	int outer;  /* our end of the socket pair between; the same */
	int inner;  /* for centerctl-resolve */
};
#define LOOKUP_LINE_INIT ((struct lookup_line){-EBADF, -EBADF, -EBADF})
void lookup_line_done(struct lookup_line *l);
#define cleanup_lookup_line __attribute__((cleanup(lookup_line_done)))
int lookup_connect(struct visit *v, const char *path, int64_t deadline, struct lookup_line *ret, struct error *err);

/* What centerctl-resolve must know to speak on it. The strings stay the request's. */
void lookup_fill(const struct visit *v, const char *word, int64_t timeout_ms, struct ask_http *ret);

/* Waits for something to happen to any container since then. 0, -ETIMEDOUT, -ECANCELED, or -errno. */
int lookup_event(struct visit *v, int64_t since_ns, int64_t timeout_ms, struct error *err);

/* Asks once more about the target that was found, by its full ID. 0; -ENOENT: it has been removed; or -errno. */
int lookup_again(struct visit *v, struct container *ret, struct error *err);

/*
 * Asks the engine for the target, checks that the answer is about what was asked and that the caller may have it
 * (judge.h), and pins the process; with VERB_FACTS, if there is one. With a pid:N target, only the last. 0 or -errno.
 */
int lookup_target(struct visit *v, struct error *err);

/* All containers that the engine has. 0 or -errno. */
int lookup_list(struct visit *v, struct container_list *ret, struct error *err);

/* Whether an engine's answer may be what `word` means: its full ID, its name, or a prefix of its ID. Pure. */
bool lookup_matches(const char *word, const struct container *c);

#endif

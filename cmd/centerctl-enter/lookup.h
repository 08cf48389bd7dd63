/* SPDX-License-Identifier: ISC */
/* From the word that was typed to a process of this host that is proved to be that container's. */
#ifndef CENTERCTL_ENTER_LOOKUP_H
#define CENTERCTL_ENTER_LOOKUP_H

#include "lib/proto/message.h"
#include "visit.h"

/*
 * One exchange with the engine: an ask_http of that type about word. 0 with the answer, which is the caller's to free;
 * -EREMOTEIO with *info and err set to why there is none; or -errno.
 */
int lookup_ask(struct visit *v, enum ask_type type, const char *word, struct message *ret,
	       struct answer_error_info *info, struct error *err);

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

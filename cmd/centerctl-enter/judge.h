/* SPDX-License-Identifier: ISC */
/*
 * Whether the one who asks may have what is asked for. Root may; anybody else as far as the policy says. A denial is
 * one text, whether the container exists or not; the reason is in the audit log.
 */
#ifndef CENTERCTL_ENTER_JUDGE_H
#define CENTERCTL_ENTER_JUDGE_H

#include "visit.h"

/* Reads the policy and finds out who asks. The request has been read, nobody has been asked about the target yet. */
int judge_caller(struct visit *v, struct error *err);

/* After the engine's answer: allowed or not, by what it resolved to. The request's user is settled on the way. */
int judge_container(struct visit *v, struct error *err);

/* The options, each of which the deciding rule must allow. A refusal says which: here the caller may enter. 0 or
 * -EPERM. */
int judge_options(struct visit *v, struct error *err);

/* After the container's passwd has been read and the entry planned: by the user as it turned out to be. */
int judge_entry(struct visit *v, struct error *err);

/* Records a denial for a reason, and sets the one text. Returns -EACCES. */
int judge_deny(struct visit *v, struct error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Records what a gate refused by itself. 0, or -EACCES from anybody else. */
int judge_refused(struct visit *v, struct error *err);

/* Waits until the answer's time says nothing about what was found on the way. */
void judge_delay(const struct visit *v);

/* The caller in words: "root", "user:NAME", "key:NAME", ... */
const char *judge_who(struct visit *v);

/* The answers to VERB_LIST and VERB_FACTS. 0 or -errno. */
int judge_send_list(struct visit *v, struct error *err);
int judge_send_facts(struct visit *v, struct error *err);

#endif

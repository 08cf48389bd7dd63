/* SPDX-License-Identifier: ISC */
/*
 * What is kept of a visit: the audit records, the file of a running session, the recording. Without a configuration
 * there is only syslog, as far as it takes it.
 */
#ifndef CENTERCTL_ENTER_LEDGER_H
#define CENTERCTL_ENTER_LEDGER_H

#include "lib/session/session.h"
#include "visit.h"

/* Once it is known whether there is a configuration. 0 or -ENOMEM. */
int ledger_prepare(struct visit *v);

/* Before entry, in this order: a place among the sessions, the recording, the start record, on disk. Or nothing is
 * entered. */
int ledger_open(struct visit *v, struct session *s, struct error *err);

/*
 * Of what is only told, but waits: a place among the sessions, so that it counts as one, and is found. Nothing without
 * a configuration. 0 or -errno.
 */
int ledger_stay(struct visit *v, struct error *err);

/* Of what is done in one step: the start record, on disk, or nothing is done. */
int ledger_open_step(struct visit *v, struct error *err);

/* The end record. result NULL: the command was never started, with this exit code. */
void ledger_close(struct visit *v, const struct session_result *result, int code);

/* VERB_REFUSED: what was typed is in the request's line, the reason in its target. */
void ledger_refused(struct visit *v);

void ledger_deny(struct visit *v, const char *reason);

/* VERB_LIST, VERB_SHOW: something was told. */
void ledger_told(struct visit *v);

/* The descriptors and memory, in whatever state. */
void ledger_done(struct visit *v);

#endif

/* SPDX-License-Identifier: ISC */
/* Steps 9 and 10 of the design: the command runs inside, we stay outside. */
#ifndef CENTERCTL_ENTER_RUN_H
#define CENTERCTL_ENTER_RUN_H

#include "lib/session/session.h"
#include "visit.h"

/*
 * Starts the planned entry, stays until its end, and keeps what is kept of it (ledger.h). What goes wrong is said on
 * the channel. Returns the exit code.
 */
int run_command(struct visit *v, struct error *err);

/* Why a session has ended that did not by itself, as an exit code, and said on the channel; -1: by itself. */
int run_exit_of_end(struct visit *v, const struct session_result *result);

#endif

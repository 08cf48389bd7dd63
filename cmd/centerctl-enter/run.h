/* SPDX-License-Identifier: ISC */
/* Steps 9 and 10 of the design: the command runs inside, we stay outside. */
#ifndef CENTERCTL_ENTER_RUN_H
#define CENTERCTL_ENTER_RUN_H

#include "visit.h"

/*
 * Starts the planned entry, stays until its end, and keeps what is kept of it (ledger.h). What goes wrong is said on
 * the channel. Returns the exit code.
 */
int run_command(struct visit *v, struct error *err);

#endif

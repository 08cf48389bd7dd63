/* SPDX-License-Identifier: ISC */
/* VERB_LOGS: what a container wrote, from the engine to the caller. */
#ifndef CENTERCTL_ENTER_LOGS_H
#define CENTERCTL_ENTER_LOGS_H

#include "visit.h"

/*
 * A session whose command is centerctl-resolve: it takes the engine's answer apart and writes what it holds to two
 * pipes, from which it is relayed. A caller that reads slowly stops the pipes, these stop centerctl-resolve, that one
 * the connection, and the engine waits; nothing grows. What goes wrong is said on the channel. Returns the exit code.
 */
int logs_run(struct visit *v, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* What exec, shell and debug share: from a command line to a session. */
#ifndef CENTERCTL_ENTRY_H
#define CENTERCTL_ENTRY_H

#include "cmd.h"
#include "lib/client/exec_options.h"

/* All that the request needs of the world around: environment, terminal, engine. Target and options are in it already.
 */
int entry_complete(struct exec_options *o, struct error *err);

/* A whole run of a verb whose options are read by `parse`. Returns the exit code. */
int entry_run(const struct cmd *self, int argc, char **argv,
	      int (*parse)(struct exec_options *o, int argc, char *const argv[], struct error *err));

#endif

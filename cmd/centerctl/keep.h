/* SPDX-License-Identifier: ISC */
/*
 * Files on the caller's side that a command's output goes to. They are opened here, by the caller's own rights: what is
 * privileged never sees a name.
 */
#ifndef CENTERCTL_KEEP_H
#define CENTERCTL_KEEP_H

#include <stdbool.h>

#include "lib/base/error.h"

struct keep {
	char *output, *errors; /* paths; NULL: not kept in a file */
	char *directory;       /* of both, if it was made for them */
	int fd[2];	       /* as struct session_setup's `kept`; 0: none */
};

/*
 * Opens `output` for stdout (NULL: a fresh directory below $TMPDIR has it; "-": stdout stays ours), and with `both`
 * OUTPUT.err for stderr. A file that is there is emptied, another one is made for its owner alone. 0 or -errno.
 */
int keep_open(struct keep *k, const char *output, bool both, struct error *err);

/* The command never ran: what was made in a fresh directory goes, and is named no more. */
void keep_drop(struct keep *k);

void keep_done(struct keep *k);
#define cleanup_keep __attribute__((cleanup(keep_done)))

#endif

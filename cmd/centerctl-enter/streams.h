/* SPDX-License-Identifier: ISC */
/* The command's descriptors 0-2, and what must be relayed to and from them. */
#ifndef CENTERCTL_ENTER_STREAMS_H
#define CENTERCTL_ENTER_STREAMS_H

#include "lib/session/session.h"
#include "visit.h"

/*
 * Sets v->entry.stdio and the flows of s. `inner` receives the descriptors that belong to the command alone, to be
 * closed here once it runs. 0 or -errno.
 */
struct streams {
	int inner[3];
	int master;
};

#define STREAMS_INIT ((struct streams){{-EBADF, -EBADF, -EBADF}, -EBADF})

int streams_make(struct visit *v, struct streams *ret, struct session *s, struct error *err);
/*
 * The same for what is no command of the container's: only 1 and 2, which are always relayed, as ours; inner[0] stays
 * -EBADF. One pipe serves both where the caller has one file for both, so that their order is kept.
 */
int streams_make_output(struct visit *v, struct streams *ret, struct session *s, struct error *err);
/* After the command was started: its own ends are closed here. */
void streams_close_inner(struct streams *s);

#endif

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
/* After the command was started: its own ends are closed here. */
void streams_close_inner(struct streams *s);

#endif

/* SPDX-License-Identifier: ISC */
/* Copies between this side and containers: who reads, who writes, and the pipes between them. */
#ifndef CENTERCTL_COPY_H
#define CENTERCTL_COPY_H

#include "lib/client/exec_options.h"

/*
 * Completes the request as entry_complete() does; and root is 0 in the container, as with docker cp, unless -u says
 * otherwise. 0 or -errno.
 */
int copy_complete(struct exec_options *o, struct error *err);

/* One session with our own descriptors 0-2: a stream on stdin or stdout. The exit code, or -errno. */
int copy_stream(struct exec_options *o, struct error *err);

/* What cp_options_parse() and copy_complete() filled. The exit code, or -errno. */
int copy_run(struct exec_options *o, struct error *err);

#endif

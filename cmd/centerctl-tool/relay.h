/* SPDX-License-Identifier: ISC */
/* The bytes between a gdb and gdbserver, through lib/tool/rsp. */
#ifndef CENTERCTL_TOOL_RELAY_H
#define CENTERCTL_TOOL_RELAY_H

#include <stdbool.h>
#include <sys/types.h>

struct relay_ends {
	int client_in, client_out; /* may be others', too: their flags stay as they are */
	int server_in, server_out; /* read from, and written to */
	int signals;		   /* readable when we are to end */
	pid_t pid;		   /* what gdbserver is attached to */
	bool strict;		   /* the client may be anybody, see rsp.h */
};

/*
 * Until one of them has gone, or signals is readable. Then the process is stopped if it runs, since gdbserver listens
 * to nothing else while it does, and what the client put into it is taken out: gdbserver detaches as soon as server_out
 * is closed. *ret_stopped: the process has to be continued with SIGCONT after that. 0 or -errno.
 */
int relay_run(const struct relay_ends *e, bool *ret_stopped);

/* Reads and forgets what is there, so that who writes need not wait. */
void relay_drain(int fd);

#endif

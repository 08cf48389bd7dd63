/* SPDX-License-Identifier: ISC */
/*
 * Between a gdb somewhere and the toolbox's gdbserver: gdb's remote protocol. A gdb without the container's files reads
 * them through gdbserver, which is told whose files are meant (vFile:setfs), and would enter the mount namespace of
 * that process, which it may not. So that request is answered here, and names of the process's files get the root
 * before them where they stand for gdbserver. All else, acknowledgements and checksums included, passes as it is.
 */
#ifndef CENTERCTL_TOOL_RSP_H
#define CENTERCTL_TOOL_RSP_H

#include <stdbool.h>

#include "lib/base/buf.h"

/* A packet that is longer passes unread: names are at most twice PATH_MAX. */
enum { RSP_PACKET_MAX = 16384 };

enum rsp_state {
	RSP_BETWEEN,
	RSP_PACKET,
	RSP_PASSING, /* in a packet that is too long */
	RSP_SUM_FIRST,
	RSP_SUM_SECOND,
};

struct rsp {
	/* What the process calls path, as gdbserver has to call it: to be freed; NULL if memory ran out. */
	char *(*resolve)(const char *path, bool follow);
	/*
	 * The client may be anybody: what runs or attaches to other programs, reads gdbserver's own files or sets
	 * gdbserver up is answered as not known, and nothing passes unread.
	 */
	bool strict;
	enum rsp_state client, server;
	struct buf packet; /* of the client, from '$' to its checksum */
	struct buf held;   /* answers of ours that wait for the end of a packet of the server */
	char **points;	   /* breakpoints and watchpoints that the client had put in: "TYPE,ADDRESS,KIND" */
	char reply[3];	   /* the first bytes of the server's packet */
	size_t reply_len;
	const char *answered; /* our last answer */
	unsigned owed_acks;   /* which the client will send for our answers */
	bool reply_counts;    /* it is a packet, not a notification */
	bool own_files;	      /* gdbserver's own files are meant */
	bool runs;	      /* the process was told to go on, and no stop of it was reported since */
	bool interrupted;     /* the client wants the process to stop: for the caller to do, and to reset */
	bool asked_no_acks;
	bool no_acks;
};

void rsp_done(struct rsp *r);

/* Takes bytes of one side, and appends what goes to each. -ENOMEM. */
int rsp_from_client(struct rsp *r, const char *data, size_t len, struct buf *to_server, struct buf *to_client);
int rsp_from_server(struct rsp *r, const char *data, size_t len, struct buf *to_client);

/*
 * Appends the requests that take all breakpoints out again: gdbserver leaves them where they are when its client goes,
 * and the process dies of the next one. For when the process is stopped and the client speaks no more. -ENOMEM.
 */
int rsp_add_farewell(const struct rsp *r, struct buf *to_server);

/* Whether gdbserver has got whole packets only. */
bool rsp_is_between(const struct rsp *r);

#endif

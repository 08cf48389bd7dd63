/* SPDX-License-Identifier: ISC */
/*
 * Framed messages over a connected SOCK_STREAM unix socket: a fixed header (magic, type, length), then the payload;
 * file descriptors travel with the header. Received descriptors are close-on-exec, and more of them than were asked for
 * is an error that closes them all.
 */
#ifndef CENTERCTL_PROTO_MESSAGE_H
#define CENTERCTL_PROTO_MESSAGE_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

enum { MESSAGE_FDS_MAX = 4 };

struct message {
	uint32_t type;
	char *data; /* owned; NUL-terminated behind len; never NULL after a successful receive */
	size_t len;
	int fds[MESSAGE_FDS_MAX]; /* owned; -EBADF where there is none */
	size_t fd_count;
};

#define MESSAGE_INIT ((struct message){.fds = {-EBADF, -EBADF, -EBADF, -EBADF}})

void message_done(struct message *m);
#define cleanup_message __attribute__((cleanup(message_done)))

/*
 * Sends one message. fds may be NULL; they stay the caller's. payload may be NULL. Never raises SIGPIPE, and never
 * waits past the deadline for somebody who does not read. Returns 0, -EPIPE when the other end is gone, -ETIMEDOUT,
 * -ENOMEM when an append to payload had failed, or -errno. After an error a part may have been sent: the connection is
 * of no use any more.
 */
int message_send_by(int sock, uint32_t type, const struct buf *payload, const int *fds, size_t fd_count,
		    int64_t deadline);

enum { MESSAGE_SEND_MS = 30000 };

/* The same, within MESSAGE_SEND_MS. */
int message_send(int sock, uint32_t type, const struct buf *payload, const int *fds, size_t fd_count);

/*
 * Receives one message whose payload is at most max bytes and which carries at most max_fds descriptors. Returns 0;
 * -ECONNRESET when the other end closed, before or inside a message; -EBADMSG when it does not keep to the format;
 * -ETIMEDOUT; -ECANCELED when abort_fd became readable (-1: none); or -errno. *m is set only on success.
 */
int message_recv(int sock, size_t max, size_t max_fds, int abort_fd, int64_t deadline, struct message *ret);

#endif

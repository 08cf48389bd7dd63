/* SPDX-License-Identifier: ISC */
/*
 * Bytes from one descriptor to another, without ever blocking and without changing the caller's open file descriptions
 * where that can be avoided: a terminal or pipe is opened again, non-blocking, through /proc/self/fd; a socket is used
 * with MSG_DONTWAIT; only as a last resort O_NONBLOCK is set on what is shared, and taken back at the end.
 */
#ifndef CENTERCTL_SESSION_FLOW_H
#define CENTERCTL_SESSION_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { FLOW_BUFFER = 64 << 10 };

struct flow_end {
	int fd;	    /* owned; -EBADF: closed */
	int shared; /* a descriptor on which O_NONBLOCK was set and must be cleared, or -1 */
	bool socket;
};

struct flow {
	struct flow_end from, to;
	bool splice; /* possible until the kernel says EINVAL */
	bool full;   /* `to` took nothing the last time: it is waited for */
	char *buf;
	size_t at, len;
	bool from_eof;
	bool to_failed;
	int error;    /* errno of the write that failed, 0 if none did */
	uid_t writer; /* who opened the file that `to` is: it is written as they would; 0: as we are */
	uint64_t bytes;
	/* Called with what was read, before it is written; may shorten it. NULL: none. Returns the length to write. */
	size_t (*filter)(void *arg, char *data, size_t len, size_t room);
	void *filter_arg;
};

/* Prepares one end; `fd` stays the caller's. Returns 0 or -errno. */
int flow_end_open(struct flow_end *e, int fd, bool writing);
/* Takes over fd, which is ours alone, and makes it non-blocking. */
int flow_end_own(struct flow_end *e, int fd);
void flow_end_close(struct flow_end *e);
void flow_done(struct flow *f);

/* What poll(2) should wait for: events on *ret_fd; 0 if there is nothing to do. */
short flow_wants(const struct flow *f, int *ret_fd);

/* Moves what can be moved now, a bounded amount. */
void flow_step(struct flow *f);

/* Nothing will come any more, and what came is written. */
bool flow_is_over(const struct flow *f);

#endif

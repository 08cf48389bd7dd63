/* SPDX-License-Identifier: ISC */
/*
 * Opening files of the container from outside. A path in there may lead anywhere, and what it names may be a FIFO, a
 * device or a file system that never answers (a FIFO as /etc/passwd hung docker exec). So: openat2(2) with the
 * container's root as root and without magic links (CVE-2018-15664), the kind of file checked before it is really
 * opened, and all of it in a process that can be killed, with a time limit.
 *
 * Runs as: root of the initial user namespace.
 */
#ifndef CENTERCTL_PRIV_PEEK_H
#define CENTERCTL_PRIV_PEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "target.h"

struct peek {
	int passwd, group; /* regular files, open for reading; -EBADF where there is none */
	int null;	   /* the container's /dev/null (character device 1:3), for reading and writing; or -EBADF */
	int ptmx;	   /* the multiplexer of its devpts, or -EBADF */
	int environ;	   /* a copy of the target's environment, for `pid:` targets, or -EBADF */
	char cwd[4096];	   /* the target's working directory, for `pid:` targets */
};

#define PEEK_INIT ((struct peek){-EBADF, -EBADF, -EBADF, -EBADF, -EBADF, ""})
enum { PEEK_TIMEOUT_MS = 2000 };

struct peek_wants {
	bool null, ptmx, environ;
};

void peek_done(struct peek *p);
#define cleanup_peek __attribute__((cleanup(peek_done)))

/* 0, -ETIMEDOUT when the container's file system does not answer, -EINVAL for a file of the wrong kind, or -errno. */
int peek_open(const struct target *t, const struct peek_wants *wants, int abort_fd, struct peek *ret,
	      struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* Where `gdbserver WORD` is to be found. */
#ifndef CENTERCTL_TOOL_LISTEN_H
#define CENTERCTL_TOOL_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

#include "lib/base/error.h"

struct listen_at {
	bool stdio;
	struct sockaddr_storage address;
	socklen_t len;
};

/*
 * stdio or -, PORT, :PORT, HOST:PORT with HOST an address ([...] around one of IPv6), localhost or *. Without HOST it
 * is 127.0.0.1. -EINVAL.
 */
int listen_parse(const char *word, struct listen_at *ret, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* The detach key sequence, found in a stream of typed bytes; what only looks like its beginning is passed on. */
#ifndef CENTERCTL_SESSION_DETACH_H
#define CENTERCTL_SESSION_DETACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct detach {
	uint8_t keys[16];
	size_t len;	/* 0: none, nothing is ever held back */
	size_t matched; /* how many have been typed so far, and held back */
	bool found;
};

/*
 * Filters len bytes in place; room is the buffer's size, and at least len + 16. Returns how many bytes go on. After
 * `found`, nothing does.
 */
size_t detach_filter(struct detach *d, char *data, size_t len, size_t room);

#endif

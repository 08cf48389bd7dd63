/* SPDX-License-Identifier: ISC */
/*
 * Capability sets as 64-bit masks by capability number, capabilities(7).
 *
 * Runs as: anybody to read and to lower; CAP_SETPCAP to lower the bounding set.
 */
#ifndef CENTERCTL_PRIV_CAPS_H
#define CENTERCTL_PRIV_CAPS_H

#include <stdint.h>

struct caps {
	uint64_t bounding, permitted, effective, inheritable, ambient;
};

static inline uint64_t cap_bit(int cap)
{
	return (uint64_t)1 << cap;
}

/* The calling process's own sets. Returns 0 or -errno. */
int caps_read(struct caps *ret);

/* Takes everything outside `keep` out of the bounding set. */
int caps_drop_bounding(uint64_t keep);

/* Sets permitted, effective and inheritable. */
int caps_set(uint64_t permitted, uint64_t effective, uint64_t inheritable);

/* Makes the ambient set what is given. */
int caps_set_ambient(uint64_t ambient);

#endif

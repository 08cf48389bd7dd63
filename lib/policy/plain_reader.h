/* SPDX-License-Identifier: ISC */
/* Reads a policy's files as whoever runs the program may read them. */
#ifndef CENTERCTL_POLICY_PLAIN_READER_H
#define CENTERCTL_POLICY_PLAIN_READER_H

#include "policy.h"

struct plain_reader {
	/* Every component of every path must be root's alone, as centerctl-enter will demand. Paths are absolute then.
	 */
	bool rooted;
	size_t files; /* that were read */
};

struct policy_reader plain_reader(struct plain_reader *state);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The policy as centerctl-enter reads it: every component of every path is root's alone, each file is read once, and
 * what was read is the whole file as it stood. A large policy is kept, as the block that it becomes, below RUNDIR, and
 * used again as long as every file and directory that it was made of is what it was (inode, size, times of change).
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_PRIV_POLICY_STORE_H
#define CENTERCTL_PRIV_POLICY_STORE_H

#include "lib/base/error.h"
#include "lib/policy/policy.h"

struct policy_store {
	const struct policy *policy; /* NULL: there is no configuration */
	struct policy *owned;
	void *map;
	size_t map_len;
};

void policy_store_done(struct policy_store *s);

/* 0 with s->policy set, or NULL if path is not there; else -errno, and nothing may be entered. */
int policy_store_open(struct policy_store *s, const char *path, const char *rundir, struct error *err);

#endif

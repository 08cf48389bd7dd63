/* SPDX-License-Identifier: ISC */
/*
 * Compiled seccomp filters of running containers, kept in a directory that root alone may enter. Compiling takes longer
 * than all the rest of an entry, and the profile of a running container never changes. A filter belongs to a container
 * ID, the start time of its first process, and to the very config.json (device, inode, size, times) from which it was
 * made.
 *
 * Nothing here is an error for the caller: a cache that cannot be used is a cache miss.
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_PRIV_FILTER_CACHE_H
#define CENTERCTL_PRIV_FILTER_CACHE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

/* Looks one up. extra: what it lets through beside the profile (enum seccomp_extra), another filter for each. On a hit
 * *ret_filter is owned by the caller. */
bool filter_cache_get(const char *rundir, const char *id, uint64_t start_time, uint32_t extra, int config,
		      struct sock_filter **ret_filter, uint32_t *ret_len);

/* Keeps one, and drops old ones when there are many. */
void filter_cache_put(const char *rundir, const char *id, uint64_t start_time, uint32_t extra, int config,
		      const struct sock_filter *filter, uint32_t len);

#endif

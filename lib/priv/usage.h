/* SPDX-License-Identifier: ISC */
/*
 * What a container uses, as its cgroups (both versions) and its network namespace count it. The files are the kernel's;
 * one that is missing, or is not what cgroups(7) and Documentation/admin-guide/cgroup-v2.rst say, is a part that is not
 * known.
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_PRIV_USAGE_H
#define CENTERCTL_PRIV_USAGE_H

#include "cgroup.h"
#include "lib/proto/stats.h"
#include "target.h"

/* Fills everything but id and name. */
void usage_read(const struct cgroups *c, const struct target *t, struct stats *ret);

/* Pure parts, exposed for tests. The number behind `key` and a blank at the start of a line; false: there is none. */
bool usage_keyed(const char *text, const char *key, uint64_t *ret);
/* The sum of "KEY=N" over all lines of io.stat, or of "DEVICE KEY N" of blkio's files. */
uint64_t usage_io_sum(const char *text, const char *key);
/* /proc/PID/net/dev: received and sent bytes of every interface but lo. */
void usage_net(const char *text, uint64_t *ret_received, uint64_t *ret_sent);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What centerctl-enter answers to VERB_STATS: what a container uses, as its cgroups and its network namespace count it.
 * Rates are differences of two of these.
 */
#ifndef CENTERCTL_PROTO_STATS_H
#define CENTERCTL_PROTO_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

/* Bits of `known`: the kernel has such a counter for this container. */
enum stats_part {
	STATS_CPU = 1 << 0,
	STATS_MEMORY = 1 << 1,
	STATS_PIDS = 1 << 2,
	STATS_IO = 1 << 3,
	STATS_NET = 1 << 4, /* not where the network is the host's */
};

struct stats {
	char *id, *name;
	int64_t at_ms;	/* CLOCK_MONOTONIC */
	uint32_t known; /* STATS_* */
	uint64_t cpu_ns;
	uint64_t throttled_ns; /* waited because of its limit */
	uint64_t cpu_limit;    /* thousandths of a processor; 0: no limit */
	uint32_t cpus;	       /* of this host */
	/* Bytes. As docker stats has it, memory is without the file cache that can be dropped at once. */
	uint64_t memory, memory_limit; /* limit UINT64_MAX: none */
	uint64_t oom_kills;
	uint64_t pids, pids_limit; /* UINT64_MAX: none */
	uint64_t read_bytes, written_bytes;
	uint64_t received_bytes, sent_bytes; /* of every interface but lo */
};

void stats_done(struct stats *s);
#define cleanup_stats __attribute__((cleanup(stats_done)))
void stats_encode(const struct stats *s, struct buf *to);
/* 0 or -EBADMSG. */
int stats_decode(const void *data, size_t len, struct stats *ret);

#endif

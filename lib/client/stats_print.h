/* SPDX-License-Identifier: ISC */
/* How `centerctl stats` prints what containers use: as docker stats, and as JSON with every counter. */
#ifndef CENTERCTL_CLIENT_STATS_PRINT_H
#define CENTERCTL_CLIENT_STATS_PRINT_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/proto/stats.h"

/* One container: what was counted last, and before that. */
struct stats_pair {
	struct stats now, before;
	unsigned samples; /* 0: nothing is known yet, and no row; 1: no rate is known yet */
};

void stats_pair_done(struct stats_pair *p);

/* Takes the next sample, which is s's no more. */
void stats_pair_add(struct stats_pair *p, struct stats *s);

struct stats_look {
	bool json, heading, colour;
};

/*
 * Appends the whole text. 0 or -ENOMEM. JSON: [{"id", "name", "cpu_percent" of one processor, "cpu_ns", "throttled_ns",
 * "cpu_limit", "cpus", "memory", "memory_limit", "memory_percent", "oom_kills", "pids", "pids_limit", "read_bytes",
 * "written_bytes", "received_bytes", "sent_bytes"}]; what is not known, and a limit that is none, is null.
 */
int stats_print(const struct stats_pair *pairs, size_t count, const struct stats_look *look, struct buf *to);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * GET /events of Docker's API, as dockerd and podman's service speak it: one JSON object behind the other, without an
 * end. Looked for is the first that says that a container came, went, or changed its state; what happens inside (an
 * exec, a health check's run) is passed over.
 */
#ifndef CENTERCTL_ENGINE_EVENTS_H
#define CENTERCTL_ENGINE_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "json_scan.h"
#include "lib/proto/answer.h"

/* Of one event; a container's labels are in it. */
enum { EVENT_MAX = 1 << 20 };

struct events {
	const char *id;	  /* the container's full ID, or empty: any */
	int64_t since_ns; /* only events after this count */

	/* Its own. */
	struct buf object;
	struct json_scan scan;
};

void events_done(struct events *e);
#define cleanup_events __attribute__((cleanup(events_done)))

/* 1: there was such an event; 0: not yet; -EBADMSG with why set: this is no stream of events. */
int events_feed(struct events *e, const char *data, size_t len, struct answer_error_info *why);

#endif

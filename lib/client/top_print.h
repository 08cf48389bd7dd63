/* SPDX-License-Identifier: ISC */
/* How a container's processes are printed: by `centerctl top`, and by the gate's. */
#ifndef CENTERCTL_CLIENT_TOP_PRINT_H
#define CENTERCTL_CLIENT_TOP_PRINT_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/proto/processes.h"

struct top_look {
	bool json, heading, colour;
};

/*
 * Appends the whole text. 0 or -ENOMEM. A process without a command line is shown by its name, as [name]. %CPU is of
 * its whole life, or with `before` (may be NULL) since that was taken.
 *
 * JSON: [{"pid", "host_pid", "ppid", "user": a number or null, "user_name": a text or null, "state", "cpu_percent",
 * "cpu_ms", "age_ms", "resident": bytes, "name", "command": [...]}].
 */
int top_print(const struct processes *p, const struct processes *before, const struct top_look *look, struct buf *to);

#endif

/* SPDX-License-Identifier: ISC */
/* How a container's processes are printed: by `centerctl top`, and by the gate's. */
#ifndef CENTERCTL_CLIENT_TOP_PRINT_H
#define CENTERCTL_CLIENT_TOP_PRINT_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/proto/processes.h"

/*
 * Appends the whole text. 0 or -ENOMEM. A process without a command line is shown by its name, as [name].
 *
 * JSON: [{"pid", "host_pid", "ppid", "user": a number or null, "state", "name", "command": [...]}].
 */
int top_print(const struct processes *p, bool json, struct buf *to);

#endif

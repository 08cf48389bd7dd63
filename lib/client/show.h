/* SPDX-License-Identifier: ISC */
/* What --show, show and diff print of CHANNEL_SHOW's rows (lib/proto/request.h). */
#ifndef CENTERCTL_CLIENT_SHOW_H
#define CENTERCTL_CLIENT_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

/*
 * Decodes a payload and appends it to *to: a table, or {"GROUP": {"NAME": {"entry": VALUE, "init": VALUE}}} with groups
 * and names in the order of their first row; VALUE is show_json.h's. 0, -EBADMSG or -ENOMEM.
 */
int show_format(const void *data, size_t len, bool json, struct buf *to);

/* The same of one thing: no init beside it. {"GROUP": {"NAME": VALUE}}; a name that comes again has an array. */
int show_describe(const void *data, size_t len, bool json, bool colour, struct buf *to);

/*
 * As show_format(), but only rows whose two values differ; what has nothing beside it is left out. *ret_count is how
 * many these are; without any a table is empty.
 */
int show_diff(const void *data, size_t len, bool json, bool colour, struct buf *to, unsigned *ret_count);

#endif

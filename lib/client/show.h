/* SPDX-License-Identifier: ISC */
/* What --show prints of CHANNEL_SHOW's rows (lib/proto/request.h). */
#ifndef CENTERCTL_CLIENT_SHOW_H
#define CENTERCTL_CLIENT_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

/*
 * Decodes a payload and appends it to *to: a table, or {"GROUP": {"NAME": {"entry": "...", "init": "..."}}} with groups
 * and names in the order of their first row. 0, -EBADMSG or -ENOMEM.
 */
int show_format(const void *data, size_t len, bool json, struct buf *to);

#endif

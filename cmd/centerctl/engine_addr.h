/* SPDX-License-Identifier: ISC */
/*
 * The address behind an engine's host name. It is looked up here, by the caller: centerctl-enter never runs the code
 * that name services load.
 */
#ifndef CENTERCTL_ENGINE_ADDR_H
#define CENTERCTL_ENGINE_ADDR_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/proto/request.h"

/* Sets addr and addr_len from host and port. An IPv4 address is preferred, as engines listen there. */
int engine_addr_lookup(struct engine *e, struct error *err);

/* Whether the address can only be this host's own. */
bool engine_addr_is_loopback(const struct engine *e);

#endif

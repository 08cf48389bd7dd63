/* SPDX-License-Identifier: ISC */
/* Questions to centerctl-enter that enter nothing. */
#ifndef CENTERCTL_ASK_H
#define CENTERCTL_ASK_H

#include "lib/base/error.h"
#include "lib/proto/request.h"

/*
 * The engine that is to be asked: for root as engine_find() says, for others that of the configuration, as whoever
 * answers there chooses what is entered; then url (--engine's, or NULL) is an error. for_others: root asks what others
 * may do, which is about their engine.
 */
int ask_set_engine(const char *url, bool for_others, struct engine *ret, struct error *err);

/* Sends the request; reply gets the answer. Returns the exit code, 125 with all said already. */
int ask_enter(const struct request *r,
	      int (*reply)(void *arg, uint32_t type, const void *data, size_t len, struct error *err), void *arg);

#endif

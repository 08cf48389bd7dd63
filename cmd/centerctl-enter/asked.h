/* SPDX-License-Identifier: ISC */
/* The options of a request that change what an entry may do, as words for the audit record. */
#ifndef CENTERCTL_ENTER_ASKED_H
#define CENTERCTL_ENTER_ASKED_H

#include "lib/proto/request.h"

/* *ret is an owned vector, NULL if there is nothing to say. 0 or -ENOMEM. Pure. */
int asked_options(const struct request *r, char ***ret);

#endif

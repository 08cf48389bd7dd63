/* SPDX-License-Identifier: ISC */
/*
 * With what confinement, as whom, in which environment: the bundle's word, bounded by what the kernel says of the
 * container's first process. Nothing is entered here.
 */
#ifndef CENTERCTL_ENTER_PLAN_H
#define CENTERCTL_ENTER_PLAN_H

#include "visit.h"

/* Fills v->entry, but for the descriptors. */
int plan_make(struct visit *v, struct error *err);

/* The environment that the command gets, from v->bundle, v->user and the request. Exposed for tests. */
int plan_environment(struct visit *v, struct error *err);

#endif

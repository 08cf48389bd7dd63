/* SPDX-License-Identifier: ISC */
/* Which rows of a listing are shown. */
#ifndef CENTERCTL_CLIENT_LISTING_FILTER_H
#define CENTERCTL_CLIENT_LISTING_FILTER_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/proto/listing.h"

struct listing_filter {
	char **names, **images; /* patterns with * and ? for the whole, of which one must fit */
	uint32_t states;	/* bits by container_state; 0: those that run or are paused */
	uint32_t verbs;		/* POLICY_EXEC | ...: each must be permitted */
	uint32_t any_verb;	/* one of these must be permitted; 0: not asked */
	bool all;		/* whatever state, if `states` names none */
};

void listing_filter_done(struct listing_filter *f);

/* "name=web", "name=^web$", "image=nginx:*", "state=exited" (or status=), "can=logs"; several of one kind widen name,
 * image and state. */
int listing_filter_add(struct listing_filter *f, const char *text, struct error *err);

/* Takes what is not wanted out of the list. 0 or -ENOMEM. */
int listing_filter_apply(const struct listing_filter *f, struct listing *l);

#endif

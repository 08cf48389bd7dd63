/* SPDX-License-Identifier: ISC */
/*
 * `GET /containers/json?all=true` of Docker's API, as dockerd 20.10 and later and podman's service speak it, container
 * by container as the answer comes. Whoever names one, or writes its labels or its command, must not keep all others
 * from being listed: a container of which anything cannot be used is left out, alone, and counted; so are the largest
 * ones, when all together are more than an answer may have. What is no list of objects is refused as a whole.
 */
#ifndef CENTERCTL_ENGINE_LIST_H
#define CENTERCTL_ENGINE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "json_scan.h"
#include "lib/base/buf.h"
#include "lib/proto/answer.h"

enum list_state { LIST_BEFORE, LIST_FIRST, LIST_ITEM, LIST_BEHIND_ITEM, LIST_NEXT, LIST_END };

struct list {
	struct container_list found;
	/* Its own. */
	size_t room, bytes; /* of rows; that they take in an answer */
	size_t *sizes;	    /* each by itself */
	enum list_state state;
	struct buf object;
	struct json_scan scan;
	bool too_large; /* the object: it is thrown away */
};

void list_done(struct list *l);
#define cleanup_list __attribute__((cleanup(list_done)))

/* 0, or -EBADMSG with why set. */
int list_feed(struct list *l, const char *data, size_t len, struct answer_error_info *why);
/* The answer is over. Containers without a usable name (podman's infrastructure, one that is being removed) are left
 * out without being counted. 0 with *ret, which is the caller's then; or -EBADMSG with why set. */
int list_take(struct list *l, struct container_list *ret, struct answer_error_info *why);
/* Both, of an answer that is whole. */
int list_parse(const char *body, size_t len, struct container_list *ret, struct answer_error_info *why);

#endif

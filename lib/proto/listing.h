/* SPDX-License-Identifier: ISC */
/* What centerctl-enter answers to VERB_LIST and VERB_FACTS. */
#ifndef CENTERCTL_PROTO_LISTING_H
#define CENTERCTL_PROTO_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/proto/answer.h"

/* One rule's worth of rights, as struct policy_grant. */
struct listing_grant {
	uint32_t verbs; /* POLICY_EXEC | ... of lib/policy/policy.h */
	char **users, **runs, **with;
	char *where; /* "FILE:LINE"; empty unless the one who asks is root */
};

struct listing_row {
	char *id, *name, *image;
	enum container_state state;
	char *status;		      /* the engine's words: "Up 3 hours (healthy)"; may be empty */
	int64_t created;	      /* seconds since 1970; 0: not known */
	struct listing_grant *grants; /* none for root, who needs no rule */
	uint32_t grant_count;
};

struct listing {
	struct listing_row *rows;
	uint32_t count;
	bool everything; /* the one who asks is root and named nobody else: all containers, no grants */
};

enum { LISTING_GRANTS_MAX = 4096 };

void listing_done(struct listing *l);
#define cleanup_listing __attribute__((cleanup(listing_done)))
void listing_encode(const struct listing *l, struct buf *to);
int listing_decode(const void *data, size_t len, struct listing *ret);

/* What a rule is held against, for `policy explain`. */
struct facts {
	char *id, *name, *image, *user; /* user is the container's own, as configured */
	char **labels;
	char *host_power; /* why the target is as good as the host; empty if it is not */
	enum container_state state;
};

void facts_done(struct facts *f);
#define cleanup_facts __attribute__((cleanup(facts_done)))
void facts_encode(const struct facts *f, struct buf *to);
int facts_decode(const void *data, size_t len, struct facts *ret);

#endif

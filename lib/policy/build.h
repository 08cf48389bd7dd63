/* SPDX-License-Identifier: ISC */
/* A block while it is made: one buffer a section, joined at the end. Failures are remembered until then. */
#ifndef CENTERCTL_POLICY_BUILD_H
#define CENTERCTL_POLICY_BUILD_H

#include "block.h"

extern const uint32_t BLOCK_LAYOUT;
extern const char BLOCK_MAGIC[8];

struct build {
	struct policy head; /* directives; counts are filled in at the end */
	struct buf extras, rules, heads, words, text;
	struct buf list, gates; /* the list that is being made, and that of the gates */
	bool too_big;
};

void build_init(struct build *b);
void build_done(struct build *b);

uint32_t build_text(struct build *b, const char *text);

/* A list is made item by item, one list at a time, and then added. */
void build_item(struct build *b, const void *item, size_t size);
void build_item_text(struct build *b, const char *text);
uint32_t build_list(struct build *b);

void build_rule(struct build *b, const struct policy_rule *rule, const struct policy_extra *extra,
		const struct policy_head *head);

/* 0, -ENOMEM or -EFBIG. The caller frees *ret. */
int build_finish(struct build *b, struct policy **ret);

#endif

/* SPDX-License-Identifier: ISC */
/* How the containers that somebody may enter are printed: by `centerctl ls`, and by the gate's `ls` and menu. */
#ifndef CENTERCTL_CLIENT_LISTING_PRINT_H
#define CENTERCTL_CLIENT_LISTING_PRINT_H

#include <stdbool.h>

#include "colour.h"
#include "lib/base/buf.h"
#include "lib/proto/listing.h"

enum listing_style {
	LISTING_TABLE =
		0,	  /* NAME STATE STATUS IMAGE USER MAY, and RULE where the answer tells; a line for each grant */
	LISTING_NUMBERED, /* the same, with a number before each container, from 1 */
	LISTING_NAMES,	  /* -q: one name a line */
	LISTING_JSON,	  /* an array of objects */
};

struct listing_look {
	enum listing_style style;
	bool heading, colour; /* of a table */
};

/*
 * Appends the whole text. A container without a name is shown by the first 12 digits of its ID. 0 or -ENOMEM.
 *
 * JSON: [{"id", "name", "image", "state", "status", "created": "2026-01-31T10:00:00Z" or null, "grants": [{"verbs":
 * [...], "users": [...], "runs": [...] or null for any command, "with": [...], "where": "FILE:LINE" or null}]}];
 * "grants" is null for root, who needs none.
 */
int listing_print(const struct listing *l, const struct listing_look *look, struct buf *to);

/* What the container is called in listings: its name, or else the beginning of its ID. room has 13 bytes. */
const char *listing_row_name(const struct listing_row *row, char room[13]);

/* The names of a grant's verbs, in their order: "exec", "shell", ... NULL-terminated. */
enum { LISTING_VERBS_MAX = 33 };
void listing_verbs(uint32_t verbs, const char *ret[LISTING_VERBS_MAX]);

/* How a state looks in a table. */
enum style listing_state_style(enum container_state s);

#endif

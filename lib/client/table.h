/* SPDX-License-Identifier: ISC */
/* Rows of text in columns, for people. The last column may be as long as it likes. */
#ifndef CENTERCTL_CLIENT_TABLE_H
#define CENTERCTL_CLIENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "colour.h"
#include "lib/base/buf.h"

enum { TABLE_COLUMNS_MAX = 16 };

struct table_cell {
	char *text;
	enum style style;
};

struct table {
	const char *const *names; /* of the columns, NULL-terminated; a constant of the caller's */
	bool bare;		  /* no heading */
	bool colour;		  /* heading and styles show; colour_wanted() says whether they may */
	struct table_cell *cell;
	size_t count; /* of cells, row after row */
	size_t room;
	bool failed;
};

void table_done(struct table *t);
#define cleanup_table __attribute__((cleanup(table_done)))

/* Appends a copy; NULL and empty are shown as "-". */
void table_add(struct table *t, const char *text);

/* The same, in a style; here empty stays empty. */
void table_add_styled(struct table *t, const char *text, enum style style);

/* The heading and all rows, escaped for a terminal; no line ends in spaces. -ENOMEM if anything failed. */
int table_print(const struct table *t, struct buf *to);

#endif

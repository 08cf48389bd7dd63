/* SPDX-License-Identifier: ISC */
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

void table_done(struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->cell[i].text);
	free(t->cell);
	*t = (struct table){0};
}

void table_add_styled(struct table *t, const char *text, enum style style)
{
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 64;
		struct table_cell *bigger = reallocarray(t->cell, room, sizeof(*bigger));
		if (!bigger) {
			t->failed = true;
			return;
		}
		t->cell = bigger;
		t->room = room;
	}
	struct table_cell *cell = &t->cell[t->count];
	*cell = (struct table_cell){.text = strdup(text), .style = style};
	t->failed |= !cell->text;
	t->count += cell->text != NULL;
}

void table_add(struct table *t, const char *text)
{
	table_add_styled(t, text && *text ? text : "-", STYLE_PLAIN);
}

static void put_row(const struct table *t, const struct table_cell *cell, size_t columns, size_t *width, struct buf *to)
{
	while (columns > 1 && !*cell[columns - 1].text)
		columns--;
	for (size_t c = 0; c < columns; c++) {
		size_t used = colour_put(to, cell[c].style, t->colour, cell[c].text);
		if (used > width[c])
			width[c] = used;
		if (c + 1 < columns)
			cell_pad(to, used, width[c] + 2);
	}
	buf_puts(to, "\n");
}

static void put_rows(const struct table *t, size_t columns, size_t *width, struct buf *to)
{
	struct table_cell heading[TABLE_COLUMNS_MAX] = {0};
	for (size_t c = 0; c < columns; c++)
		heading[c] = (struct table_cell){.text = (char *)t->names[c], .style = STYLE_HEADING};
	if (!t->bare)
		put_row(t, heading, columns, width, to);
	for (size_t i = 0; i + columns <= t->count; i += columns)
		put_row(t, t->cell + i, columns, width, to);
}

/* Once for the widths, once for the text. */
int table_print(const struct table *t, struct buf *to)
{
	size_t width[TABLE_COLUMNS_MAX] = {0}, columns = strv_len((char *const *)t->names);
	cleanup_buf struct buf scratch = {0};
	if (t->failed)
		return -ENOMEM;
	put_rows(t, columns, width, &scratch);
	put_rows(t, columns, width, to);
	return to->failed ? -ENOMEM : 0;
}

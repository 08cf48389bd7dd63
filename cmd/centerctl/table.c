/* SPDX-License-Identifier: ISC */
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/cell.h"

void table_done(struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->cell[i]);
	free(t->cell);
	*t = (struct table){0};
}

void table_add(struct table *t, const char *text)
{
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 64;
		char **bigger = reallocarray(t->cell, room, sizeof(*bigger));
		if (!bigger) {
			t->failed = true;
			return;
		}
		t->cell = bigger;
		t->room = room;
	}
	t->cell[t->count] = strdup(text && *text ? text : "-");
	t->failed |= !t->cell[t->count];
	t->count += t->cell[t->count] != NULL;
}

static void put_row(const char *const *cell, size_t columns, size_t *width, struct buf *to)
{
	for (size_t c = 0; c < columns; c++) {
		size_t used = cell_put(to, cell[c]);
		if (used > width[c])
			width[c] = used;
		if (c + 1 < columns)
			cell_pad(to, used, width[c] + 2);
	}
	buf_puts(to, "\n");
}

static void put_rows(const struct table *t, size_t columns, size_t *width, struct buf *to)
{
	put_row(t->names, columns, width, to);
	for (size_t i = 0; i + columns <= t->count; i += columns)
		put_row((const char *const *)t->cell + i, columns, width, to);
}

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

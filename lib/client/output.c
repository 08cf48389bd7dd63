/* SPDX-License-Identifier: ISC */
#include "output.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "cell.h"
#include "colour.h"
#include "lib/base/io.h"
#include "terminal.h"

struct output output_open(bool json, bool again)
{
	struct output o = {.json = json, .again = again, .terminal = isatty(STDOUT_FILENO) == 1};
	o.colour = !json && colour_wanted();
	return o;
}

/* Line breaks within a JSON string are escaped, so each one is between two tokens. */
static void join_lines(const struct buf *text, struct buf *to)
{
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] != '\n')
			buf_add(to, text->data + i, 1);
	buf_puts(to, "\n");
}

/* The length of an escape sequence of ours, ESC [ ... m; 0: there is none. */
static size_t style_length(const char *text)
{
	if (text[0] != '\033' || text[1] != '[')
		return 0;
	size_t len = 2 + strspn(text + 2, "0123456789;");
	return text[len] == 'm' ? len + 1 : 0;
}

static const char *draw_line(const char *line, unsigned columns, struct buf *to)
{
	unsigned used = 0;
	while (*line && *line != '\n') {
		size_t style = style_length(line), width = 0;
		size_t len = style ? style : cell_next(line, &width);
		used += (unsigned)width;
		if (style || used <= columns)
			buf_add(to, line, len);
		line += len;
	}
	return *line ? line + 1 : line;
}

void output_draw(const char *text, unsigned rows, unsigned columns, struct buf *to)
{
	buf_puts(to, "\033[H");
	/* The last row stays free: a line break there would scroll. */
	for (unsigned row = 1; *text && row < rows; row++) {
		text = draw_line(text, columns, to);
		buf_puts(to, "\033[K\n");
	}
	buf_puts(to, "\033[J");
}

int output_put(struct output *o, struct buf *text)
{
	cleanup_buf struct buf shown = {0};
	const struct buf *from = text;
	uint16_t rows, columns;
	if (!buf_text(text))
		return -ENOMEM;
	if (o->again && o->json) {
		join_lines(text, &shown);
		from = &shown;
	} else if (o->again && o->terminal) {
		terminal_size(&rows, &columns);
		buf_puts(&shown, o->begun ? "" : "\033[2J");
		output_draw(buf_text(text), rows, columns, &shown);
		from = &shown;
	} else if (o->again && o->apart && o->begun) {
		buf_puts(&shown, "\n");
		buf_add(&shown, text->data, text->len);
		from = &shown;
	}
	o->begun = true;
	return from->failed ? -ENOMEM : write_full(STDOUT_FILENO, from->data, from->len);
}

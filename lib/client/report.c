/* SPDX-License-Identifier: ISC */
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"
#include "terminal.h"

/*
 * text_escape() doubles backslashes, and texts from centerctl-enter carry escapes already; so the pieces between
 * backslashes are escaped.
 */
static void add_escaped(struct buf *to, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\\");
		char piece[256];
		if (len > 32)
			len = 32;
		/* Never cut inside a UTF-8 sequence. */
		while (len > 1 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
		if (len == 0) {
			buf_puts(to, "\\");
			text++;
			continue;
		}
		text_escape(piece, sizeof(piece), text, len);
		buf_puts(to, piece);
		text += len;
	}
}

static char last[ERROR_TEXT_MAX];

static void report_line(const char *kind, const char *text)
{
	cleanup_buf struct buf line = {0};
	buf_puts(&line, "centerctl: ");
	buf_puts(&line, kind);
	add_escaped(&line, text);
	buf_puts(&line, terminal_is_raw() ? "\r\n" : "\n");
	/* One write, so that lines of programs that share the terminal do not mix. */
	if (!line.failed)
		(void)!write_full(STDERR_FILENO, line.data, line.len);
}

void report_text(const char *text)
{
	cleanup_buf struct buf shown = {0};
	add_escaped(&shown, text);
	if (buf_text(&shown))
		snprintf(last, sizeof(last), "%s", buf_text(&shown));
	report_line("", text);
}

const char *report_last(void)
{
	return last;
}

void report_warning(const char *text)
{
	report_line("warning: ", text);
}

int report_error(const struct error *err)
{
	report_text(err->text);
	return EXIT_OURS;
}

int report_flush(FILE *to)
{
	if (!ferror(to) && fflush(to) == 0)
		return EXIT_SUCCESS;
	struct error err;
	error_errno(&err, -errno, "cannot write the output");
	return report_error(&err);
}

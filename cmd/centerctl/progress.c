/* SPDX-License-Identifier: ISC */
#include "progress.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/amount.h"
#include "lib/client/report.h"
#include "lib/client/terminal.h"

/* What is done sooner needs no bar. */
enum { QUIET_MS = 400, REDRAW_MS = 100, LINE_ROOM = 4096, BAR_MIN = 10, BAR_MAX = 40 };

static void put_bytes(struct buf *to, uint64_t n)
{
	char text[32];
	amount_binary(n, text, sizeof(text));
	buf_puts(to, text);
}

static void put_time(struct buf *to, uint64_t seconds)
{
	if (seconds >= 3600)
		buf_printf(to, "%" PRIu64 ":%02u:%02u", seconds / 3600, (unsigned)(seconds / 60 % 60),
			   (unsigned)(seconds % 60));
	else
		buf_printf(to, "%u:%02u", (unsigned)(seconds / 60), (unsigned)(seconds % 60));
}

/* In thousandths: by bytes where there are any, since these take the time. */
static unsigned share_of(const struct progress *p)
{
	uint64_t done = p->total_bytes ? p->bytes : p->files, all = p->total_bytes ? p->total_bytes : p->total_files;
	if (all == 0 || done >= all)
		return 1000;
	return (unsigned)((double)done / (double)all * 1000);
}

static void put_bar(struct buf *to, unsigned share, unsigned columns)
{
	if (to->failed || columns < to->len + BAR_MIN + 4)
		return;
	unsigned room = columns - (unsigned)to->len - 4;
	if (room > BAR_MAX)
		room = BAR_MAX;
	buf_puts(to, "  [");
	for (unsigned i = 0; i < room; i++)
		buf_puts(to, i * 1000 < share * room ? "#" : "-");
	buf_puts(to, "]");
}

void progress_format(const struct progress *p, unsigned columns, struct buf *to)
{
	cleanup_buf struct buf line = {0};
	int64_t ms = p->elapsed_ms > 0 ? p->elapsed_ms : 1;
	unsigned share = share_of(p);
	put_bytes(&line, p->bytes);
	if (p->total_known && p->total_bytes) {
		buf_puts(&line, " of ");
		put_bytes(&line, p->total_bytes);
	}
	buf_puts(&line, "  ");
	put_bytes(&line, (uint64_t)((double)p->bytes * 1000 / (double)ms));
	buf_puts(&line, "/s");
	if (p->total_known) {
		buf_printf(&line, "  %u%%", share / 10);
		if (share > 0 && share < 1000) {
			buf_puts(&line, "  ");
			put_time(&line, (uint64_t)ms * (1000 - share) / share / 1000 + 1);
			buf_puts(&line, " left");
		}
		put_bar(&line, share, columns);
	} else {
		buf_printf(&line, "  %" PRIu64 " files", p->files);
	}
	if (line.failed)
		to->failed = true;
	else
		buf_add(to, line.data, line.len < columns ? line.len : columns);
}

bool progress_parse_total(const char *line, uint64_t *ret_bytes, uint64_t *ret_files)
{
	const char *rest = str_after(line, "total ");
	const char *space = rest ? strchr(rest, ' ') : NULL;
	char bytes[24];
	if (!space || (size_t)(space - rest) >= sizeof(bytes))
		return false;
	snprintf(bytes, sizeof(bytes), "%.*s", (int)(space - rest), rest);
	return parse_u64(bytes, INT64_MAX, ret_bytes) == 0 && parse_u64(space + 1, INT64_MAX, ret_files) == 0;
}

struct teller {
	struct transfer_count *count;
	bool bar, drawn, total_may_come;
	int64_t begin, last;
	char line[LINE_ROOM];
	size_t len;
};

static void erase(struct teller *t)
{
	if (t->drawn)
		(void)!write_full(STDERR_FILENO, "\r\033[K", 4);
	t->drawn = false;
}

static void draw(struct teller *t)
{
	int64_t now = now_ms();
	uint16_t rows, cols;
	if (!t->bar || now - t->begin < QUIET_MS || now - t->last < REDRAW_MS)
		return;
	t->last = now;
	const struct progress p = {
		.bytes = t->count->bytes,
		.files = t->count->files,
		.total_known = t->count->total_known,
		.total_bytes = t->count->total_bytes,
		.total_files = t->count->total_files,
		.elapsed_ms = now - t->begin,
	};
	cleanup_buf struct buf b = {0};
	terminal_size(&rows, &cols);
	buf_puts(&b, "\r");
	progress_format(&p, cols > 1 ? cols - 1U : 1, &b);
	buf_puts(&b, "\033[K");
	if (!b.failed)
		(void)!write_full(STDERR_FILENO, b.data, b.len);
	t->drawn = true;
}

/* What is said there comes out of a container: it is reported, and not printed. */
static void take_line(struct teller *t)
{
	uint64_t bytes, files;
	const char *rest;
	t->line[t->len] = '\0';
	t->len = 0;
	if (t->total_may_come && progress_parse_total(t->line, &bytes, &files)) {
		t->count->total_bytes = bytes;
		t->count->total_files = files;
		t->count->total_known = true;
	} else {
		erase(t);
		rest = str_after(t->line, "centerctl: ");
		report_text(rest ? rest : t->line);
	}
	t->total_may_come = false;
}

static void take(struct teller *t, const char *data, size_t len)
{
	for (; len > 0; data++, len--) {
		if (*data != '\n')
			t->line[t->len++] = *data ? *data : '?';
		if (*data == '\n' || t->len == sizeof(t->line) - 1)
			take_line(t);
	}
}

void progress_tell(int fd, struct transfer_count *count, bool bar)
{
	struct teller t = {.count = count, .bar = bar, .total_may_come = true, .begin = now_ms()};
	char piece[4096];
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int ready = poll(&p, 1, bar ? REDRAW_MS : -1);
		ssize_t n = ready > 0 ? read(fd, piece, sizeof(piece)) : -1;
		if (ready > 0 && n > 0)
			take(&t, piece, (size_t)n);
		else if (n == 0 || (ready > 0 && errno != EINTR && errno != EAGAIN))
			break;
		draw(&t);
	}
	if (t.len > 0)
		take_line(&t);
	erase(&t);
}

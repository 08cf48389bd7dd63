/* SPDX-License-Identifier: ISC */
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

enum { READ_MAX = 64 << 10 };

int lines_init(struct lines *l, int fd, size_t max)
{
	*l = (struct lines){.fd = fd, .max = max, .size = max + READ_MAX};
	l->data = malloc(l->size + 1);
	return l->data ? 0 : -ENOMEM;
}

void lines_done(struct lines *l)
{
	cleanup_free_function(&l->data);
}

/* Reads more behind what is there. Returns what was read, 0 at the end of the file, -errno. */
static int fill(struct lines *l)
{
	memmove(l->data, l->data + l->from, l->to - l->from);
	l->to -= l->from;
	l->from = 0;
	for (;;) {
		ssize_t n = read(l->fd, l->data + l->to, l->size - l->to);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		l->to += (size_t)n;
		return (int)n;
	}
}

/* Gives `len` bytes from l->from on, and goes behind them and `skip` more. */
static int give(struct lines *l, size_t len, size_t skip, bool whole, bool is_long, struct line *ret)
{
	l->number++;
	*ret = (struct line){.text = l->data + l->from, .len = len, .whole = whole, .long_ = is_long};
	l->data[l->from + len] = '\0';
	l->from += len + skip;
	return 1;
}

/* The rest of a line whose beginning was given. True when its end was found. */
static bool skip_rest(struct lines *l)
{
	const char *newline = memchr(l->data + l->from, '\n', l->to - l->from);
	l->from = newline ? (size_t)(newline - l->data) + 1 : l->to;
	return newline != NULL;
}

int lines_next(struct lines *l, bool partial, struct line *ret)
{
	for (;;) {
		if (l->skipping && skip_rest(l))
			l->skipping = false;
		size_t have = l->to - l->from;
		const char *newline = memchr(l->data + l->from, '\n', have);
		if (newline && (size_t)(newline - (l->data + l->from)) <= l->max)
			return give(l, (size_t)(newline - (l->data + l->from)), 1, true, false, ret);
		if (have > l->max) {
			l->skipping = true;
			return give(l, l->max, 0, true, true, ret);
		}
		int n = fill(l);
		if (n < 0)
			return n;
		if (n > 0)
			continue;
		if (!partial || l->to == l->from)
			return 0;
		return give(l, l->to - l->from, 0, false, false, ret);
	}
}

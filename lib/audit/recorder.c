/* SPDX-License-Identifier: ISC */
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "place.h"

enum { PIECE_MAX = 8 << 10, KEPT_MAX = 3, HEADER_TEXT_MAX = 4096 };

/* The beginning of a character whose end has not come yet. */
struct side {
	char kind;
	char kept[KEPT_MAX];
	size_t len;
};

struct recorder {
	int fd;
	int failed; /* -errno of the first write that failed; none is tried after it */
	off_t size; /* of the whole lines */
	struct timespec began;
	struct side output, input;
};

static void recorder_free(struct recorder **r)
{
	if (*r)
		close_fd((*r)->fd);
	cleanup_free_function(r);
}
#define cleanup_recorder __attribute__((cleanup(recorder_free)))

/* A line as a whole or not at all: a player stops at one that is cut. */
static int write_line(struct recorder *r, const struct buf *line)
{
	int e = line->failed ? -ENOMEM : write_full(r->fd, line->data, line->len);
	if (e == 0) {
		r->size += (off_t)line->len;
		return 0;
	}
	(void)!ftruncate(r->fd, r->size);
	r->failed = e;
	return e;
}

static void begin_event(const struct recorder *r, char kind, struct buf *line)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	long long us = (now.tv_sec - r->began.tv_sec) * 1000000LL + (now.tv_nsec - r->began.tv_nsec) / 1000;
	buf_printf(line, "[%lld.%06lld, \"%c\", ", us / 1000000, us % 1000000, kind);
}

/* Writes what there is whole of text and keeps the rest; `last`: nothing comes any more, so there is no rest. */
static int put_text(struct recorder *r, struct side *s, const char *text, size_t len, bool last)
{
	cleanup_buf struct buf line = {0};
	begin_event(r, s->kind, &line);
	size_t done = audit_json_string(&line, text, len, SIZE_MAX, !last);
	s->len = len - done;
	memmove(s->kept, text + done, s->len);
	if (done == 0)
		return 0;
	buf_puts(&line, "]\n");
	return write_line(r, &line);
}

static int record(struct recorder *r, struct side *s, const char *data, size_t len)
{
	char piece[KEPT_MAX + PIECE_MAX];
	while (len > 0 && r->failed == 0) {
		size_t kept = s->len, more = len < PIECE_MAX ? len : PIECE_MAX;
		memcpy(piece, s->kept, kept);
		memcpy(piece + kept, data, more);
		put_text(r, s, piece, kept + more, false);
		data += more;
		len -= more;
	}
	/* It may have been a password, where input is recorded. */
	explicit_bzero(piece, sizeof(piece));
	return r->failed;
}

int recorder_output(struct recorder *r, const char *data, size_t len)
{
	return record(r, &r->output, data, len);
}

int recorder_input(struct recorder *r, const char *data, size_t len)
{
	return record(r, &r->input, data, len);
}

static int put_event(struct recorder *r, char kind, const char *text)
{
	cleanup_buf struct buf line = {0};
	begin_event(r, kind, &line);
	buf_printf(&line, "\"%s\"]\n", text);
	return write_line(r, &line);
}

int recorder_resize(struct recorder *r, uint16_t rows, uint16_t cols)
{
	char text[16];
	snprintf(text, sizeof(text), "%ux%u", (unsigned)cols, (unsigned)rows);
	return r->failed ? r->failed : put_event(r, 'r', text);
}

int recorder_close(struct recorder *r, bool complete)
{
	if (!r)
		return 0;
	int failed = r->failed;
	struct side *const sides[] = {&r->output, &r->input};
	for (size_t i = 0; i < ARRAY_SIZE(sides) && !r->failed; i++)
		put_text(r, sides[i], memcpy((char[KEPT_MAX]){0}, sides[i]->kept, KEPT_MAX), sides[i]->len, true);
	/* After a full disk there may be room again, or enough for so short a line. */
	put_event(r, 'x', complete && !r->failed ? "end" : "cut");
	if (r->failed == 0 && fdatasync(r->fd) < 0)
		r->failed = -errno;
	failed = failed ? failed : r->failed;
	recorder_free(&r);
	return failed;
}

static void header_text(struct buf *line, const char *before, const char *text)
{
	if (!text || !*text)
		return;
	buf_puts(line, before);
	audit_json_string(line, text, strlen(text), HEADER_TEXT_MAX, false);
}

static int put_header(struct recorder *r, const struct recorder_setup *s)
{
	cleanup_buf struct buf line = {0}, command = {0};
	for (char *const *word = s->argv; word && *word && command.len < HEADER_TEXT_MAX; word++) {
		buf_puts(&command, word > s->argv ? " " : "");
		buf_puts(&command, *word);
	}
	if (!buf_text(&command))
		return -ENOMEM;
	buf_printf(&line, "{\"version\": 2, \"width\": %u, \"height\": %u, \"timestamp\": %lld", (unsigned)s->cols,
		   (unsigned)s->rows, (long long)(s->wall_ms / 1000));
	header_text(&line, ", \"title\": ", s->title);
	header_text(&line, ", \"command\": ", command.data);
	header_text(&line, ", \"session\": ", s->session);
	buf_puts(&line, ", \"env\": {");
	header_text(&line, "\"TERM\": ", s->term);
	buf_puts(&line, "}}\n");
	return write_line(r, &line);
}

int recorder_open(const struct recorder_setup *s, struct recorder **ret, struct error *err)
{
	char name[AUDIT_ID_LEN + sizeof(".cast")], shown[PATH_MAX];
	if (!audit_is_session_id(s->session))
		return error_set(err, -EINVAL, "%s is no session's ID", s->session);
	snprintf(name, sizeof(name), "%s.cast", s->session);
	snprintf(shown, sizeof(shown), "%s/%s", s->directory, name);
	cleanup_fd int dir = place_open_dir(s->directory, true, true, err);
	if (dir < 0)
		return dir;
	cleanup_recorder struct recorder *r = calloc(1, sizeof(*r));
	if (!r)
		return error_errno(err, -ENOMEM, "%s", shown);
	r->output.kind = 'o';
	r->input.kind = 'i';
	clock_gettime(CLOCK_MONOTONIC, &r->began);
	r->fd = place_open_file(dir, name, shown, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, err);
	if (r->fd < 0)
		return r->fd;
	int e = put_header(r, s);
	if (e < 0) {
		unlinkat(dir, name, 0);
		return error_errno(err, e, "cannot write the recording %s", shown);
	}
	*ret = steal_ptr(r);
	return 0;
}

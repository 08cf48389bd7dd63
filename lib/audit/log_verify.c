/* SPDX-License-Identifier: ISC */
#include "log_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "log_read.h"
#include "place.h"

enum { LOCK_WAIT_MS = 5000 };

static const char no_hash[] = "0000000000000000000000000000000000000000000000000000000000000000";

struct check {
	audit_finding *report;
	void *arg;
	struct audit_verdict verdict;
	const char *path;
	char hash[AUDIT_HASH_LEN + 1]; /* of the line before; "": there is none */
	char before[PATH_MAX + 32];    /* where that stands, for findings */
};

static void __attribute__((format(printf, 3, 4))) find(struct check *c, uint64_t line, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	c->verdict.findings++;
	c->report(c->arg, c->path, line, text);
}

static void check_number(struct check *c, uint64_t line, uint64_t seq, bool hash_fits)
{
	uint64_t last = c->verdict.last_seq, missing = seq - last - 1;
	if (seq <= last)
		find(c, line,
		     "is record %" PRIu64 ", but stands behind record %" PRIu64 ": it was moved, put in or doubled",
		     seq, last);
	else if (missing == 1)
		find(c, line, "record %" PRIu64 " is missing before this one", last + 1);
	else if (missing > 1)
		find(c, line, "records %" PRIu64 " to %" PRIu64 " are missing before this one", last + 1, seq - 1);
	else if (!hash_fits)
		find(c, line,
		     "does not carry the hash of the line before: %s was changed, or a line was put in or taken out",
		     c->before);
}

/* The very first record: what came before it is not here, unless there can be nothing. */
static void check_first(struct check *c, uint64_t line, const struct audit_link *link)
{
	c->verdict.first_seq = link->seq;
	if (!c->hash[0] && link->seq == 1 && strcmp(link->hash, no_hash) != 0)
		find(c, line, "is record 1, but carries the hash of an earlier one");
}

static void check_line(struct check *c, uint64_t number, const struct line *line)
{
	cleanup_record struct audit_record r = {0};
	struct error err = ERROR_INIT;
	int e = line->long_ ? -EBADMSG : audit_record_parse(line->text, line->len, &r, &err);
	c->verdict.lines++;
	if (!line->whole)
		find(c, number, "is cut off: the last line has no end");
	else if (line->long_)
		find(c, number, "is no record: it is longer than %d bytes", AUDIT_LINE_MAX);
	else if (e < 0)
		find(c, number, "is no record: %s", err.text);
	if (e == 0) {
		bool fits = strcmp(r.link.hash, c->hash) == 0;
		if (c->verdict.last_seq == 0)
			check_first(c, number, &r.link);
		else
			check_number(c, number, r.link.seq, fits);
		if (c->verdict.last_seq == 0 && c->hash[0] && !fits)
			find(c, number, "does not carry the hash of the line before");
		c->verdict.last_seq = r.link.seq;
	}
	audit_hash(line->text, line->len, c->hash);
	snprintf(c->before, sizeof(c->before), "line %" PRIu64 " of %s", number, c->path);
}

static int check_lines(struct check *c, struct lines *lines, bool partial)
{
	struct line line;
	int r;
	while ((r = lines_next(lines, partial, &line)) > 0)
		check_line(c, lines->number, &line);
	return r;
}

static void compare_end(struct check *c, const struct audit_link *chain)
{
	uint64_t last = c->verdict.last_seq;
	if (chain->seq > last && chain->seq - last == 1)
		find(c, 0, "the last record, number %" PRIu64 ", is missing", chain->seq);
	else if (chain->seq > last)
		find(c, 0, "the last records, %" PRIu64 " to %" PRIu64 ", are missing", last + 1, chain->seq);
	else if (chain->seq < last)
		find(c, 0,
		     "records after %" PRIu64
		     " are not in %s.chain: something else has added them, or the host stopped "
		     "while they were written",
		     chain->seq, c->path);
	else if (strcmp(chain->hash, c->hash) != 0)
		find(c, 0, "the last line is not the one of which %s.chain has the hash: it was changed", c->path);
	c->verdict.end_checked = true;
}

/*
 * While the chain's file is locked nobody writes, so that the end of the log and the chain belong together. What was
 * written since we came to the end is read first.
 */
static int check_end(struct check *c, struct lines *lines, bool demand, struct error *err)
{
	char path[PATH_MAX], text[AUDIT_CHAIN_LEN + 1];
	struct audit_link chain;
	snprintf(path, sizeof(path), "%s.chain", c->path);
	cleanup_fd int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno != ENOENT)
		return error_errno(err, -errno, "cannot read %s", path);
	int r = fd < 0 ? 0 : place_lock(fd, LOCK_SH, now_ms() + LOCK_WAIT_MS);
	if (r < 0)
		return error_errno(err, r, "cannot lock %s", path);
	r = check_lines(c, lines, true);
	if (r < 0)
		return error_errno(err, r, "cannot read %s", c->path);
	long n = fd < 0 ? 0 : read_full(fd, text, sizeof(text));
	if (n < 0)
		return error_errno(err, (int)n, "cannot read %s", path);
	if (fd < 0 && demand)
		find(c, 0, "%s is missing: whether the end is there cannot be told", path);
	else if (fd >= 0 && audit_chain_parse(text, (size_t)n, &chain) < 0)
		find(c, 0, "%s holds no chain: whether the end is there cannot be told", path);
	else if (fd >= 0)
		compare_end(c, &chain);
	return 0;
}

/* One that was just rotated away, and is not there before the next record, is empty. */
static int open_log(const char *path, bool may_be_missing)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 && errno == ENOENT && may_be_missing ? open("/dev/null", O_RDONLY | O_CLOEXEC) : fd;
}

int audit_verify(char *const *paths, bool demand_end, audit_finding *report, void *arg, struct audit_verdict *ret,
		 struct error *err)
{
	struct check c = {.report = report, .arg = arg};
	for (; *paths; paths++) {
		c.path = *paths;
		cleanup_fd int fd = open_log(c.path, demand_end && !paths[1]);
		cleanup_lines struct lines lines = {0};
		if (fd < 0)
			return error_errno(err, -errno, "cannot read %s", c.path);
		int r = lines_init(&lines, fd, AUDIT_LINE_MAX);
		if (r == 0)
			r = check_lines(&c, &lines, paths[1] != NULL);
		if (r < 0)
			return error_errno(err, r, "cannot read %s", c.path);
		r = paths[1] ? 0 : check_end(&c, &lines, demand_end, err);
		if (r < 0)
			return r;
	}
	*ret = c.verdict;
	return 0;
}

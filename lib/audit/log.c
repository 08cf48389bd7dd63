/* SPDX-License-Identifier: ISC */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "place.h"

enum { LOCK_WAIT_MS = 5000, RENAMED_MAX = 16 };

static const char chain_suffix[] = ".chain";
static const char no_hash[] = "0000000000000000000000000000000000000000000000000000000000000000";

struct log {
	const char *path, *name; /* of the log */
	char chain_path[PATH_MAX];
	const char *chain_name;
	int dir, chain, file;
	struct audit_link last;
	off_t size; /* of the file, before we wrote */
	bool torn;  /* it does not end with a newline */
};

static void log_done(struct log *l)
{
	close_fd(l->file);
	close_fd(l->chain); /* and with it goes the lock */
	close_fd(l->dir);
}
#define cleanup_log __attribute__((cleanup(log_done)))

void audit_hash(const void *data, size_t len, char ret[AUDIT_HASH_LEN + 1])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX ctx;
	SHA256Init(&ctx);
	SHA256Update(&ctx, data, len);
	SHA256Final(digest, &ctx);
	for (size_t i = 0; i < sizeof(digest); i++) {
		ret[2 * i] = hex[digest[i] >> 4];
		ret[2 * i + 1] = hex[digest[i] & 15];
	}
	ret[AUDIT_HASH_LEN] = '\0';
}

int audit_chain_parse(const char *text, size_t len, struct audit_link *ret)
{
	char number[21];
	struct audit_link link;
	if (len != AUDIT_CHAIN_LEN || text[20] != ' ' || text[len - 1] != '\n')
		return -EBADMSG;
	memcpy(number, text, 20);
	number[20] = '\0';
	memcpy(link.hash, text + 21, AUDIT_HASH_LEN);
	link.hash[AUDIT_HASH_LEN] = '\0';
	if (parse_u64(number, INT64_MAX, &link.seq) < 0 || link.seq == 0 || !is_container_id(link.hash))
		return -EBADMSG;
	*ret = link;
	return 0;
}

/* Whether `name` in the directory is still what was opened as fd. */
static bool is_still(int dir, const char *name, int fd)
{
	struct stat named, opened;
	return fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &opened) == 0 &&
	       named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/* The lock is on the chain's file, which no rotation moves. Who removes it meanwhile must not get a lock of his own. */
static int lock_chain(struct log *l, struct error *err)
{
	long long deadline = now_ms() + LOCK_WAIT_MS;
	for (int tries = 0; tries < RENAMED_MAX; tries++) {
		l->chain = place_open_file(l->dir, l->chain_name, l->chain_path, O_RDWR | O_CREAT, err);
		if (l->chain < 0)
			return l->chain;
		int r = place_lock(l->chain, LOCK_EX, deadline);
		if (r < 0)
			return error_errno(err, r, "cannot lock %s", l->chain_path);
		if (is_still(l->dir, l->chain_name, l->chain))
			return 0;
		l->chain = close_fd(l->chain);
	}
	return error_set(err, -EBUSY, "%s is replaced all the time", l->chain_path);
}

/* The file that has the name now: a rotation may take it away between the two looks, and later ones find another. */
static int open_file(struct log *l, struct error *err)
{
	for (int tries = 0; tries < RENAMED_MAX; tries++) {
		l->file = place_open_file(l->dir, l->name, l->path, O_RDWR | O_APPEND | O_CREAT, err);
		if (l->file < 0)
			return l->file;
		if (is_still(l->dir, l->name, l->file))
			return 0;
		l->file = close_fd(l->file);
	}
	return error_set(err, -EBUSY, "%s is replaced all the time", l->path);
}

/* The number that audit_log_append() put behind a line: `,"seq":N,"prev":"HASH"}`. 0: it has none. */
static uint64_t line_number(const char *line, size_t len)
{
	static const char before[] = ",\"seq\":", between[] = ",\"prev\":\"";
	const size_t tail = sizeof(between) - 1 + AUDIT_HASH_LEN + 2;
	if (len < tail || memcmp(line + len - tail, between, sizeof(between) - 1) != 0)
		return 0;
	size_t end = len - tail, from = end;
	while (from > 0 && end - from < 19 && line[from - 1] >= '0' && line[from - 1] <= '9')
		from--;
	char number[20];
	uint64_t seq;
	memcpy(number, line + from, end - from);
	number[end - from] = '\0';
	if (from < sizeof(before) - 1 || memcmp(line + from - (sizeof(before) - 1), before, sizeof(before) - 1) != 0)
		return 0;
	return parse_u64(number, INT64_MAX, &seq) == 0 ? seq : 0;
}

/* Number and hash of the last line in the file. One that is torn counts: it stays where it is, and gets its newline. */
static int read_last_line(struct log *l, struct error *err)
{
	struct stat st;
	if (fstat(l->file, &st) < 0)
		return error_errno(err, -errno, "cannot examine %s", l->path);
	l->size = st.st_size;
	if (st.st_size == 0)
		return 0;
	size_t want = st.st_size < AUDIT_LINE_MAX + 1 ? (size_t)st.st_size : AUDIT_LINE_MAX + 1;
	cleanup_free char *text = malloc(want);
	if (!text)
		return error_errno(err, -ENOMEM, "%s", l->path);
	if (pread(l->file, text, want, st.st_size - (off_t)want) != (ssize_t)want)
		return error_errno(err, -EIO, "cannot read the end of %s", l->path);
	l->torn = text[want - 1] != '\n';
	size_t end = l->torn ? want : want - 1;
	const char *newline = memrchr(text, '\n', end);
	if (!newline && want < (size_t)st.st_size)
		return error_set(err, -EBADMSG, "%s does not end with a line of an audit log: move it away", l->path);
	const char *line = newline ? newline + 1 : text;
	size_t len = (size_t)(text + end - line);
	uint64_t seq = l->torn ? 0 : line_number(line, len);
	audit_hash(line, len, l->last.hash);
	if (seq > l->last.seq)
		l->last.seq = seq;
	return 0;
}

static int read_chain(struct log *l, struct error *err)
{
	char text[AUDIT_CHAIN_LEN + 1];
	ssize_t n = pread(l->chain, text, sizeof(text), 0);
	if (n < 0)
		return error_errno(err, -errno, "cannot read %s", l->chain_path);
	/* After a loss of power it may be empty or zeros: then the log itself says where it stands. */
	(void)audit_chain_parse(text, (size_t)n, &l->last);
	return 0;
}

static int open_log(const char *path, struct log *l, struct error *err)
{
	l->path = path;
	l->dir = place_open_dir_of(path, true, &l->name, err);
	if (l->dir < 0)
		return l->dir;
	int n = snprintf(l->chain_path, sizeof(l->chain_path), "%s%s", path, chain_suffix);
	if (n < 0 || (size_t)n >= sizeof(l->chain_path))
		return error_errno(err, -ENAMETOOLONG, "%s", path);
	l->chain_name = l->chain_path + (l->name - path);
	int r = lock_chain(l, err);
	if (r == 0)
		r = open_file(l, err);
	if (r == 0)
		r = read_chain(l, err);
	return r < 0 ? r : read_last_line(l, err);
}

static int write_chain(const struct log *l, const struct audit_link *now, struct error *err)
{
	char text[AUDIT_CHAIN_LEN + 1];
	snprintf(text, sizeof(text), "%020llu %s\n", (unsigned long long)now->seq, now->hash);
	ssize_t n = pwrite(l->chain, text, AUDIT_CHAIN_LEN, 0);
	if (n == AUDIT_CHAIN_LEN)
		return 0;
	return error_errno(err, n < 0 ? -errno : -ENOSPC, "cannot write %s", l->chain_path);
}

/* Line and chain, or neither. What another session waits for is over as soon as this returns. */
static int append(struct log *l, const struct audit_event *e, struct error *err)
{
	struct audit_link now = {.seq = l->last.seq + 1};
	cleanup_buf struct buf text = {0};
	if (l->torn)
		buf_puts(&text, "\n");
	size_t from = text.len;
	audit_event_write(e, &text);
	buf_printf(&text, ",\"seq\":%llu,\"prev\":\"%s\"}\n", (unsigned long long)now.seq,
		   l->last.hash[0] ? l->last.hash : no_hash);
	if (text.failed)
		return error_errno(err, -ENOMEM, "an audit record");
	audit_hash(text.data + from, text.len - from - 1, now.hash);
	int r = write_full(l->file, text.data, text.len);
	if (r < 0)
		error_errno(err, r, "cannot write the audit log %s", l->path);
	else
		r = write_chain(l, &now, err);
	/* We hold the lock, so nothing but our own bytes can stand behind the size that was found. */
	if (r < 0 && ftruncate(l->file, l->size) < 0)
		error_prepend(err, "a part of a record stays in %s", l->path);
	return r;
}

int audit_log_append(const char *path, const struct audit_event *e, bool sync, struct error *err)
{
	cleanup_log struct log l = {.dir = -EBADF, .chain = -EBADF, .file = -EBADF};
	int r = open_log(path, &l, err);
	if (r == 0)
		r = append(&l, e, err);
	if (r < 0 || !sync)
		return r;
	l.chain = close_fd(l.chain);
	/* A name that is not on disk is no record either: only the first line of a file needs that. */
	if (fdatasync(l.file) < 0 || (l.size == 0 && fsync(l.dir) < 0))
		return error_errno(err, -errno, "cannot write the audit log %s to disk", path);
	return 0;
}

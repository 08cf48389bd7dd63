/* SPDX-License-Identifier: ISC */
/*
 * The audit log: lines that are numbered and carry the SHA-256 of the line before ("prev", of its bytes without the
 * newline), so that a change or a gap is found. The last number and hash are also kept beside the log, in PATH.chain,
 * so that the chain goes on after a rotation and a cut-off end shows.
 *
 * Runs as: root, with SIGXFSZ ignored. Directories that are missing are made (0700); they and the files must belong to
 * root and be writable by nobody else, and none of them may be a symbolic link (lib/base/rootpath.h).
 */
#ifndef CENTERCTL_AUDIT_LOG_H
#define CENTERCTL_AUDIT_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include <stdint.h>

#include "event.h"
#include "lib/base/error.h"

enum { AUDIT_HASH_LEN = 64 };

/*
 * Appends one event, under a lock, to the file that has the name now (rotation-safe), and with `sync` returns only when
 * it is on disk. A line that could not be written whole is taken back. 0 or -errno; waits at most 5 s for the lock.
 *
 * The disk is waited for after the lock was let go, so that many sessions wait together. If the host loses its power
 * before, lines of which nobody was told that they are there can be missing, and the next one tells by its number.
 */
int audit_log_append(const char *path, const struct audit_event *e, bool sync, struct error *err);

/* Where a chain stands: the number and the hash of its last line. Zero: it has not begun. */
struct audit_link {
	uint64_t seq;
	char hash[AUDIT_HASH_LEN + 1]; /* "": no line yet, which is written as 64 zeros */
};

/* SHA-256 in lower-case hexadecimal digits. */
void audit_hash(const void *data, size_t len, char ret[AUDIT_HASH_LEN + 1]);

/* PATH.chain: "NUMBER HASH\n" of AUDIT_CHAIN_LEN bytes. parse returns 0 or -EBADMSG. */
enum { AUDIT_CHAIN_LEN = 20 + 1 + AUDIT_HASH_LEN + 1 };
int audit_chain_parse(const char *text, size_t len, struct audit_link *ret);

/* The same event to syslog, facility authpriv, without waiting; best effort. */
void audit_syslog(const struct audit_event *e);

#endif

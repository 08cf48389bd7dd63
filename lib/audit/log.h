/* SPDX-License-Identifier: ISC */
/*
 * The audit log: lines that carry the SHA-256 of the line before, so that a change or a gap is found. The last number
 * and hash are also kept beside the log, in PATH.chain, so that the chain goes on after a rotation and a cut-off end
 * shows.
 *
 * Runs as: root. The directory is made (0700) if it is not there; it and the files must belong to root and be writable
 * by nobody else, and none of them may be a symbolic link.
 */
#ifndef CENTERCTL_AUDIT_LOG_H
#define CENTERCTL_AUDIT_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"
#include "lib/base/error.h"

/*
 * Appends one event, under a lock, to the file that has the name now (rotation-safe), and with `sync` returns only when
 * it is on disk. A line that could not be written whole is taken back. 0 or -errno; waits at most 5 s for the lock.
 */
int audit_log_append(const char *path, const struct audit_event *e, bool sync, struct error *err);

/* The same line to syslog, facility authpriv, without waiting; best effort. */
void audit_syslog(const struct audit_event *e);

#endif

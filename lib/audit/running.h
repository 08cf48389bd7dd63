/* SPDX-License-Identifier: ISC */
/*
 * The sessions that run now: one file each, RUNDIR/sessions/ID, which its centerctl-enter keeps locked (flock(2)) as
 * long as it lives. A file whose lock is free belongs to a session that was killed; the next one who looks removes it.
 *
 * Runs as: root; the directory is 0700. A lock lasts as long as any descriptor of it: children that stay must close it.
 */
#ifndef CENTERCTL_AUDIT_RUNNING_H
#define CENTERCTL_AUDIT_RUNNING_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "event.h"
#include "lib/base/error.h"

/* Sent to centerctl-enter by root (nobody else can), it ends the session as if its client had gone. */
#define SESSION_END_SIGNAL (SIGRTMIN + 6)

struct running {
	char session[AUDIT_ID_LEN + 1];
	pid_t pid; /* of centerctl-enter */
	uint64_t pid_start;
	int64_t wall_ms; /* since when */
	char *who;	 /* "key:dev-laptop", "user:ci", "root" */
	char *container_id, *container_name, *as_user, *verb, *address;
	char *slot;	 /* what `sessions=N` counts: subject and rule */
	char *recording; /* path, or empty */
};

void running_done(struct running *r);

/*
 * Counts the live sessions with the same slot and, unless there are `limit` (0: none) of them already, writes this
 * one's file; both under one lock, which is waited for 2 s at most. Returns the locked descriptor, -EUSERS at the
 * limit, or -errno.
 */
int running_enter(const char *rundir, const struct running *r, uint32_t limit, struct error *err);
/* Removes the file and lets the lock go. */
void running_leave(const char *rundir, const char *session, int fd);

/* All that run now; files that nobody holds are removed on the way. Returns how many, or -errno. */
int running_list(const char *rundir, struct running **ret, struct error *err);
void running_list_free(struct running *list, int count);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * A lock among those who change what is in a directory. flock(2) on the directory would be simpler, but whoever may
 * look into it may lock it, for ever, and with that keep root from taking a key back. So the lock is on a file of its
 * own, which nobody else can open; it is there only while somebody holds it.
 */
#ifndef CENTERCTL_CLIENT_LOCK_FILE_H
#define CENTERCTL_CLIENT_LOCK_FILE_H

#include <stdint.h>

/* Waits for the lock until then (now_ms(); INT64_MAX: for ever). The descriptor, or -errno: -ETIMEDOUT. */
int lock_file_take(int directory, const char *name, int64_t deadline);
/* -EBADF is no lock. Always returns -EBADF. */
int lock_file_give(int directory, const char *name, int fd);

#endif

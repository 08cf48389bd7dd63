/* SPDX-License-Identifier: ISC */
/*
 * Becoming the user inside the container, and proving it. setresuid(2) with -1 succeeds and changes nothing
 * (CVE-2019-14287), so -1 is refused, every ID is read back, and a process that should have lost root tries to regain
 * it.
 *
 * Runs as: CAP_SETUID and CAP_SETGID in the current user namespace.
 */
#ifndef CENTERCTL_PRIV_CREDS_H
#define CENTERCTL_PRIV_CREDS_H

#include <stddef.h>
#include <sys/types.h>

/* The steps, so that the caller can say which one failed. */
enum creds_step { CREDS_GROUPS = 1, CREDS_GID, CREDS_UID, CREDS_PROOF };

/*
 * Sets the supplementary groups, then the group IDs, then the user IDs, all three of each. Permitted capabilities
 * survive (PR_SET_KEEPCAPS), effective ones do not unless uid is 0. Returns 0 or -errno, with *ret_step set on failure.
 */
int creds_become(uid_t uid, gid_t gid, const gid_t *groups, size_t count, enum creds_step *ret_step);

/*
 * Reads back user, group and supplementary groups. With a uid other than 0, and no effective capabilities, proves that
 * uid 0 cannot be had again. Returns 0, -EPERM if something is not as it should be, or -errno.
 */
int creds_prove(uid_t uid, gid_t gid, const gid_t *groups, size_t count);

/*
 * For the time of a write to a file that this user opened: root's own would reach into what a file system keeps for
 * root, past quotas, and leave the bits of a setuid file as they are. Nobody else gets a right to this process by it.
 * 0 or -errno; creds_write_as(0) takes it back, and with that never fails.
 *
 * Runs as: root.
 */
int creds_write_as(uid_t uid);

#endif

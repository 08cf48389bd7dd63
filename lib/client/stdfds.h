/* SPDX-License-Identifier: ISC */
#ifndef CENTERCTL_CLIENT_STDFDS_H
#define CENTERCTL_CLIENT_STDFDS_H

/*
 * Opens those of descriptors 0-2 that are closed, as /dev/null: one that is opened later must never become 0, 1 or 2,
 * where the command would find it. 0 or -errno.
 */
int stdfds_open(void);

#endif

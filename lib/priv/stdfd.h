/* SPDX-License-Identifier: ISC */
/*
 * What of the caller's may reach the container: an anonymous pipe, and nothing else. Whatever has a file system behind
 * it could be opened again inside through /proc/self/fd, with other rights (CVE-2016-9962); a terminal could be typed
 * into (TIOCSTI); a socket belongs to the network namespace in which it was made, so that connect(2) on it reaches the
 * host's loopback and ioctl(2) the host's interfaces. Those are relayed.
 */
#ifndef CENTERCTL_PRIV_STDFD_H
#define CENTERCTL_PRIV_STDFD_H

#include <stdbool.h>

#include "lib/base/error.h"

enum stdfd_kind {
	STDFD_REFUSE = 0,
	STDFD_HAND_OVER,
	STDFD_RELAY,
};

/* Judges one descriptor. On STDFD_REFUSE, err says why. */
enum stdfd_kind stdfd_judge(int fd, struct error *err);

/*
 * For callers other than root: bytes are read and written here with root's rights, and what a file of procfs, sysfs or
 * cgroupfs lets its reader or writer do may depend on these (CVE-2012-0056), not on those with which it was opened. So
 * regular files have to be on a file system that only stores them. 0 or -EPERM.
 */
int stdfd_check_stranger(int fd, struct error *err);

/* Whether two descriptors are the same file (2>&1), so that one relay can keep the order of what is written. */
bool stdfd_same(int a, int b);

#endif

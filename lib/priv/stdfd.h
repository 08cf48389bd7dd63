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
#include <sys/types.h>

#include "lib/base/error.h"

enum stdfd_kind {
	STDFD_REFUSE = 0,
	STDFD_HAND_OVER,
	STDFD_RELAY,
};

/* Judges one descriptor. On STDFD_REFUSE, err says why. */
enum stdfd_kind stdfd_judge(int fd, struct error *err);

/*
 * For callers other than root, uid being theirs: bytes are read and written here with root's rights, by the one process
 * that also keeps the session's time. So there is no file but on a file system that only stores (what a file of procfs
 * or cgroupfs does may depend on who writes, CVE-2012-0056; a FUSE file waits for its owner), no device but terminals
 * and /dev/null, nothing without a name such as an eventfd, and no socket whose other end could take root's credentials
 * for the caller's. Below an overlay there may be anything: it has to be mounted where we are, which takes root. proc
 * is our verified /proc. 0 or -EPERM.
 */
int stdfd_check_stranger(int fd, uid_t uid, int proc, struct error *err);

/* A stream socket of the internet, or a unix one whose other end was made by that user. */
bool stdfd_socket_is_of(int fd, uid_t uid);

/* Whether two descriptors are the same file (2>&1), so that one relay can keep the order of what is written. */
bool stdfd_same(int a, int b);

#endif

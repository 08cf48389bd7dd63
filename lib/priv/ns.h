/* SPDX-License-Identifier: ISC */
/*
 * Entering namespaces through the target's pidfd, setns(2) (Linux 5.8): all kinds in one call, so that no number is
 * looked up again between the check and the entry (CVE-2013-4288).
 *
 * Runs as: root of the initial user namespace, CAP_SYS_ADMIN and CAP_SYS_CHROOT there.
 */
#ifndef CENTERCTL_PRIV_NS_H
#define CENTERCTL_PRIV_NS_H

#include "lib/base/error.h"

/*
 * Enters the namespaces in `bits` (NS_* of lib/proto/request.h), the user namespace last: root of the initial one has
 * power over each of the others whoever owns it, which root of the container's may not have (a network namespace shared
 * with another container). The PID namespace takes effect for children. Returns 0 or -errno with the namespace named.
 */
int ns_enter(int pidfd, unsigned bits, struct error *err);

/*
 * Makes the target's root directory ours, if it is not already: a process that chrooted itself is not a way around
 * that. Call after ns_enter().
 */
int ns_enter_root(int root, struct error *err);

/* The CLONE_NEW* flag of one NS_* bit. */
int ns_clone_flag(unsigned bit);

#endif

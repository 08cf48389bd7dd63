/* SPDX-License-Identifier: ISC */
/*
 * Who asks. The real uid, always; its names through centerctl-account. A key's name counts only when a gate says it,
 * and a gate is more than a uid: whoever can run anything else as that account could say any name. So the account must
 * be one for which nothing else runs (its shell is the gate, its home is root's), and the process that asks must be the
 * installed centerctl-gate, started by sshd's process for this login, which was started by root's sshd. Cron, su, a
 * second sshd of the account's own and a shell that somebody found lack one of these.
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_PRIV_IDENTITY_H
#define CENTERCTL_PRIV_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/proto/account.h"
#include "resolver.h"

enum { IDENTITY_TIMEOUT_MS = 5000 };

/* Asks centerctl-account about uid and waits for the answer; *ret_helper is the process, to be collected later. */
int identity_look_up(uid_t uid, const char *libexecdir, int abort_fd, struct resolver *ret_helper, struct account *ret,
		     struct error *err);

/*
 * Whether what this process was asked comes from a gate, as described above. 0, or -EPERM with what is missing. The
 * caller has made sure that the policy names the account as a gate. proc is our verified /proc.
 */
int identity_prove_gate(int proc, uid_t uid, const struct account *a, const char *gate, struct error *err);

#endif

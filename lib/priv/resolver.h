/* SPDX-License-Identifier: ISC */
/*
 * centerctl-resolve as its parent sees it: a process that parses what others control, and so counts as taken over. It
 * gets /dev/null as 0-2 and a socket as 3, nothing else; it is nobody, without capabilities, under no_new_privs before
 * its first instruction.
 *
 * Runs as: root, to become nobody in the child.
 */
#ifndef CENTERCTL_PRIV_RESOLVER_H
#define CENTERCTL_PRIV_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/proto/answer.h"
#include "lib/proto/message.h"

struct resolver {
	pid_t pid;
	int sock;
};

#define RESOLVER_INIT ((struct resolver){0, -EBADF})
enum { RESOLVER_UID = 65534, RESOLVER_TIMEOUT_MS = 2000 };

/* Starts it; returns at once. libexecdir is where centerctl-resolve stands. */
int resolver_start(struct resolver *r, const char *libexecdir, struct error *err);
/* The same with another program, under the same conditions: centerctl-account, see identity.h. */
int resolver_start_program(struct resolver *r, const char *libexecdir, const char *program, struct error *err);
/*
 * It is started before centerctl-enter executes its protected self (sanitize.h), since loading it takes longest; this
 * is how the second self knows it again. The socket must have been made by this very process, as root: unix(7),
 * SO_PEERCRED. No caller but root can forge that.
 */
bool resolver_is_inherited(int sock);

/* Tells it to end, without waiting. */
void resolver_dismiss(struct resolver *r);
/* Ends it, and collects it. */
void resolver_done(struct resolver *r);
#define cleanup_resolver __attribute__((cleanup(resolver_done)))

/* Sends one ask. fds are given along and stay the caller's. */
int resolver_ask(const struct resolver *r, enum ask_type type, const struct buf *payload, const int *fds, size_t count,
		 struct error *err);

/*
 * Receives the answer to an ask of that type. An ANSWER_ERROR is given in *ret_info with -EREMOTEIO and err set to its
 * text; an answer that is no answer, a death or silence gives err a text of its own and info->kind ANSWER_FAILED.
 */
int resolver_answer(const struct resolver *r, enum ask_type type, int abort_fd, int64_t deadline, struct message *ret,
		    struct answer_error_info *ret_info, struct error *err);

#endif

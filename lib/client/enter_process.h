/* SPDX-License-Identifier: ISC */
/* The process of centerctl-enter: how it is found, started and waited for. */
#ifndef CENTERCTL_CLIENT_ENTER_PROCESS_H
#define CENTERCTL_CLIENT_ENTER_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"

struct enter_process {
	pid_t pid;
	int channel; /* stream socket; messages of lib/proto/request.h */
	int pidfd;   /* readable when the process has ended */
};

#define ENTER_PROCESS_INIT ((struct enter_process){.pid = -1, .channel = -EBADF, .pidfd = -EBADF})

/* Closes the descriptors; the process is left alone. */
void enter_process_done(struct enter_process *p);
#define cleanup_enter_process __attribute__((cleanup(enter_process_done)))

/* The directory of centerctl-enter and all else that is not for anybody's PATH. */
const char *enter_process_directory(void);

/* -EBADF with a text unless descriptors 3 to count+2 are open. Called before anything else is opened. */
int enter_process_check_fds(uint32_t count, struct error *err);

/*
 * Closes every descriptor above the preserved ones but the two of `kept` (0: none): what the caller happened to leave
 * open is neither handed down nor kept open by a session that lasts. Called before anything that is to stay open is
 * opened.
 */
int enter_process_close_fds(uint32_t preserve_fds, const int kept[2], struct error *err);

/*
 * Starts centerctl-enter with descriptors 0-2 (`kept` instead of 1 and 2, where it is not 0), 3 to preserve_fds+2, and
 * the channel. Afterwards the preserved ones are closed here: the command alone decides how long they stay open. The
 * child's signal mask is empty and its dispositions are the default ones.
 */
int enter_process_start(struct enter_process *ret, uint32_t preserve_fds, const int kept[2], struct error *err);

/* Reaps it, waiting if need be. Returns its exit code, or -EPROTO with a text if a signal ended it. */
int enter_process_wait(struct enter_process *p, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* What centerctl-enter says to the program that started it. A front that is gone is no error here. */
#ifndef CENTERCTL_ENTER_CHANNEL_H
#define CENTERCTL_ENTER_CHANNEL_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"

/* Reports the error that ends this run, with the exit code that goes with it. Returns that exit code. */
int channel_fail(int channel, int exit_code, const struct error *err);

/* Sends what was asked for, whole. 0 or -errno with a text, also if the payload could not be made. */
int channel_answer(int channel, uint32_t type, const struct buf *payload, struct error *err);

void channel_warn(int channel, const char *format, ...) __attribute__((format(printf, 2, 3)));
void channel_started(int channel, pid_t pid);
void channel_killed(int channel, int number);
void channel_detached(int channel);

#endif

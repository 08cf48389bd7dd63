/* SPDX-License-Identifier: ISC */
/*
 * cp, backup, restore, sftp, dial: centerctl-inside(8) runs in the container in place of a command, out of memory, as
 * the container's user, confined as any command. What is granted is the service and not the program, so what it is told
 * is put together here.
 */
#ifndef CENTERCTL_ENTER_SERVICE_H
#define CENTERCTL_ENTER_SERVICE_H

#include "visit.h"

/* Whether the request can be met at all, before anybody is asked. 0 or -errno. */
int service_check(const struct visit *v, struct error *err);

/* Opens v->program. 0 or -errno. */
int service_open(struct visit *v, struct error *err);

/* The command and the environment of v->entry. 0 or -errno. */
int service_plan_argv(struct visit *v, struct error *err);
int service_plan_environment(struct visit *v);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The processes of a container, as the host's procfs shows them.
 *
 * Runs as: root of the initial user namespace.
 */
#ifndef CENTERCTL_PRIV_CENSUS_H
#define CENTERCTL_PRIV_CENSUS_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/proto/processes.h"
#include "target.h"

enum { CENSUS_TIMEOUT_MS = 5000 };

/*
 * Those that belong to container `id` by their cgroups, with those of containers within it; with id NULL, those that
 * are in the target's PID namespace. Command lines lie in the processes' own memory, which may be backed by what never
 * answers: so they are read by a process that can be killed. 0, -ETIMEDOUT, -ECANCELED, or -errno.
 */
int census_take(const struct target *t, const char *id, int abort_fd, struct processes *ret, struct error *err);

/*
 * Whether a process that is not container id's is in the target's PID namespace: then who may trace the one may trace
 * the other. Command lines are not read.
 */
bool census_is_shared(const struct target *t, const char *id);

/* A process of container id whose parent is `parent`, a process outside; or -ESRCH. */
pid_t census_find_child(const struct target *t, const char *id, pid_t parent);

/*
 * The container to which process pid of this host belongs by its cgroups, and its number in `*ret_pid` once `inside` is
 * given, a process of that container; NULL: not yet. -ESRCH: no such process; -ENOENT: it is in no container.
 */
int census_find(int proc, pid_t pid, const struct target *inside, char ret_id[65], pid_t *ret_pid);

#endif

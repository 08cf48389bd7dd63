/* SPDX-License-Identifier: ISC */
/*
 * Docker's default seccomp profile, as dockerd 20.10.24 resolves it for a container with the given bounding set. It
 * confines what enters a filtered process whose own profile nobody can tell: the targets without an engine.
 */
#ifndef CENTERCTL_OCI_DOCKER_PROFILE_H
#define CENTERCTL_OCI_DOCKER_PROFILE_H

#include "profile.h"

/* 0, or -EBADMSG with why set. */
int docker_profile_build(uint64_t bounding, struct profile *ret, struct answer_error_info *why);

#endif

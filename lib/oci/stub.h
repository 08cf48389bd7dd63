/* SPDX-License-Identifier: ISC */
/*
 * The part that stands before a compiled profile: system calls with a number above every one that the profile names,
 * for the architecture of the call, get ENOSYS. A profile whose default lets calls through has none, and neither does
 * one that lists no architectures. This is what runc 1.1 does, so it is what a container's own processes see.
 */
#ifndef CENTERCTL_OCI_STUB_H
#define CENTERCTL_OCI_STUB_H

#include "profile.h"

enum { STUB_MAX = 1024 };

struct stub {
	struct sock_filter code[STUB_MAX];
	size_t len;
};

/* What extra allows (profile_extra_name()) goes on to the profile, whatever its number. */
void stub_build(const struct profile *p, uint32_t extra, struct stub *ret);

#endif

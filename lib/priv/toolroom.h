/* SPDX-License-Identifier: ISC */
/*
 * The mount namespace of a tool that debugs a container: `/` is the toolbox, /target the container's root with all that
 * is mounted in it, /proc the container's. It begins as a copy of the container's mounts, so that nothing of the host
 * is ever in it, and belongs to the initial user namespace, so that no root of the container can enter or change it.
 *
 * Runs as: the traveller, with all capabilities, before it enters a user namespace.
 */
#ifndef CENTERCTL_PRIV_TOOLROOM_H
#define CENTERCTL_PRIV_TOOLROOM_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "target.h"
#include "toolbox.h"

struct toolroom {
	const struct toolbox *toolbox;
	bool writable; /* /target is not read-only */
};

/*
 * In the container's mount namespace: leaves it for one of its own, and makes that the tool's. 0, or -errno with a
 * text; the process can only end then.
 */
int toolroom_enter(const struct toolroom *room, const struct target *t, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The root file system that a tool has while it debugs a container: the toolbox, as mounts that stand nowhere yet. They
 * are made here, outside, where every path is the host's; toolroom.h puts them into place.
 *
 * A toolbox is a directory STATEDIR/toolbox/NAME that holds one of `root` (a root file system), `layers` (a list of
 * directories, the top one first, as an engine's image has them) or `tool` (one static program). Its root is an overlay
 * without an upper layer, which nobody can make writable: read-only, nosuid, nodev, with the mount points that are
 * needed on top, so that any root file system will do.
 *
 * Runs as: root of the initial user namespace.
 */
#ifndef CENTERCTL_PRIV_TOOLBOX_H
#define CENTERCTL_PRIV_TOOLBOX_H

#include <stdbool.h>

#include "lib/base/error.h"

struct toolbox {
	int root;   /* the overlay */
	int dev;    /* a tmpfs with the usual harmless devices, and shm */
	int tmp;    /* a tmpfs */
	int source; /* a directory of the host's, read-only; or -EBADF */
};

#define TOOLBOX_INIT ((struct toolbox){-EBADF, -EBADF, -EBADF, -EBADF})

enum { TOOLBOX_LAYERS_MAX = 128 };

void toolbox_done(struct toolbox *t);

/*
 * `name`: a toolbox, or an absolute path of a directory, which no one but root may choose. `skeleton`: the directory
 * with the mount points. -ENOENT: there is none of that name; -EPERM: a component is not root's alone; -ENOSYS,
 * -ENODEV: the kernel cannot.
 */
int toolbox_open(struct toolbox *t, const char *name, const char *skeleton, struct error *err);

/* A directory of the host's for t->source, which no one but root may choose. */
int toolbox_open_source(struct toolbox *t, const char *path, struct error *err);

/*
 * One static program as a sealed copy in memory, so that what executes it cannot write to it: "busybox" is the host's,
 * else the toolbox of that name, or an absolute path, which no one but root may choose. Returns the descriptor.
 */
int toolbox_open_static(const char *name, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Changing the registry. Who changes it holds a lock, of a file beside it; the new file is on disk before it takes the
 * old one's place in one step, so that sshd and the gates see one or the other, whole.
 */
#ifndef CENTERCTL_GATE_REGISTRY_EDIT_H
#define CENTERCTL_GATE_REGISTRY_EDIT_H

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "registry.h"

struct registry_edit {
	char *path;
	int dir;	     /* of the directory */
	int lock;	     /* of the file beside it */
	struct registry old; /* what is there now; empty if there is no file */
	struct buf text;     /* what is to be there; the caller writes it */
};

#define REGISTRY_EDIT_INIT ((struct registry_edit){.dir = -EBADF, .lock = -EBADF})

/* Makes the directories (0755) if they are not there, and waits at most 10 s for the lock. 0 or -errno. */
int registry_edit_begin(const char *path, struct registry_edit *ret, struct error *err);
/* The file gets mode 0644 and belongs to who runs this. */
int registry_edit_commit(struct registry_edit *e, struct error *err);
void registry_edit_done(struct registry_edit *e);
#define cleanup_registry_edit __attribute__((cleanup(registry_edit_done)))

#endif

/* SPDX-License-Identifier: ISC */
/*
 * A toolbox while it is made: a directory of its own beside its later place, with a name that is no toolbox's. What is
 * not finished therefore never has the name, and what a killed process left is removed by the next one: a lock on it
 * says whether it is still at work.
 */
#ifndef CENTERCTL_STAGING_H
#define CENTERCTL_STAGING_H

#include "lib/base/error.h"

struct staging {
	int all;  /* the directory of all toolboxes */
	int lock; /* of its names */
	int fd;	  /* the new one; the lock hangs on it, also in children that have it */
	char name[128];
};

#define STAGING_INIT ((struct staging){.all = -EBADF, .lock = -EBADF, .fd = -EBADF})

/* Makes the directories as far as they are missing, and removes what others left behind. 0 or -errno. */
int staging_open(struct staging *s, const char *toolbox, struct error *err);

/* Writes a file of text into it. */
int staging_write(const struct staging *s, const char *name, const char *text, struct error *err);

/* Gives it the name, instead of what has it now, which is removed. */
int staging_commit(struct staging *s, const char *toolbox, struct error *err);

/* Takes a toolbox its name, and removes it. -ENOENT if there is none. */
int staging_remove(const char *toolbox, struct error *err);

/* Removes what was not committed. */
void staging_done(struct staging *s);
#define cleanup_staging __attribute__((cleanup(staging_done)))

#endif

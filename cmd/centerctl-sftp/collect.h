/* SPDX-License-Identifier: ISC */
/*
 * A program with all that its loader would load: found as the loader would find it, but in root's own directories
 * alone, since it is executed in containers as their users. Every file is a regular one that belongs to root and that
 * nobody else can write, and so are the directories above it.
 */
#ifndef CENTERCTL_SFTP_COLLECT_H
#define CENTERCTL_SFTP_COLLECT_H

#include <stddef.h>

#include "lib/base/error.h"
#include "lib/inside/elf_needs.h"
#include "lib/inside/pack.h"

struct object {
	enum pack_role role;
	char *path; /* below the root */
	void *data; /* a private mapping */
	size_t len;
	struct elf_needs needs;
};

struct collection {
	struct object objects[PACK_FILES_MAX];
	size_t count;
};

void collection_done(struct collection *c);
#define cleanup_collection __attribute__((cleanup(collection_done)))

/*
 * root: a directory that counts as / (links in paths stay below it). program: an absolute path there. Without a loader
 * of glibc, -ENOEXEC. -ENOENT where the program is not there; -EPERM where a file is somebody else's; each with a text.
 */
int collect(int root, const char *program, struct collection *ret, struct error *err);

/* Adds one file that is there by itself, such as what is to be loaded before all else. */
int collect_file(int root, const char *path, enum pack_role role, struct collection *ret, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* A set of inodes, each with a number that the caller chooses. Zero-initialised is empty. */
#ifndef CENTERCTL_TRANSFER_INODES_H
#define CENTERCTL_TRANSFER_INODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct inodes_slot {
	uint64_t dev, ino;
	uint64_t value; /* plus 1; 0: free */
};

struct inodes {
	struct inodes_slot *slots;
	size_t size, used;
};

void inodes_done(struct inodes *set);
/* Adds it, or changes its number. 0 or -ENOMEM. */
int inodes_put(struct inodes *set, const struct stat *st, uint64_t value);
bool inodes_get(const struct inodes *set, const struct stat *st, uint64_t *ret);

#endif

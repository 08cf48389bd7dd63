/* SPDX-License-Identifier: ISC */
#include "inodes.h"

#include <errno.h>
#include <stdlib.h>

void inodes_done(struct inodes *set)
{
	free(set->slots);
	*set = (struct inodes){0};
}

/* Open addressing in a table that is never more than half full, so that a search ends. */
static struct inodes_slot *find(const struct inodes *set, uint64_t dev, uint64_t ino)
{
	uint64_t hash = (ino ^ (dev << 32 | dev >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(hash >> 20) & (set->size - 1);
	while (set->slots[i].value && (set->slots[i].dev != dev || set->slots[i].ino != ino))
		i = (i + 1) & (set->size - 1);
	return &set->slots[i];
}

static int grow(struct inodes *set)
{
	struct inodes bigger = {.size = set->size ? set->size * 2 : 256, .used = set->used};
	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < set->size; i++)
		if (set->slots[i].value)
			*find(&bigger, set->slots[i].dev, set->slots[i].ino) = set->slots[i];
	free(set->slots);
	*set = bigger;
	return 0;
}

int inodes_put(struct inodes *set, const struct stat *st, uint64_t value)
{
	if (set->used * 2 >= set->size && grow(set) < 0)
		return -ENOMEM;
	struct inodes_slot *slot = find(set, st->st_dev, st->st_ino);
	set->used += slot->value == 0;
	*slot = (struct inodes_slot){.dev = st->st_dev, .ino = st->st_ino, .value = value + 1};
	return 0;
}

bool inodes_get(const struct inodes *set, const struct stat *st, uint64_t *ret)
{
	if (set->size == 0)
		return false;
	const struct inodes_slot *slot = find(set, st->st_dev, st->st_ino);
	if (slot->value && ret)
		*ret = slot->value - 1;
	return slot->value != 0;
}

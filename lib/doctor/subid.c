/* SPDX-License-Identifier: ISC */
#include "subid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

void subid_done(struct subid_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->list[i].owner);
	free(t->list);
	*t = (struct subid_table){0};
}

/* 1: a range; 0: a comment, or nothing; -EINVAL. Cuts the line up. */
static int parse_line(char *line, struct subid *ret)
{
	char *rest = line;
	const char *owner = strsep(&rest, ":"), *first = strsep(&rest, ":"), *count = rest;
	if (*line == '#' || (!*owner && !first))
		return 0;
	if (!*owner || !first || !count || parse_u64(first, UINT32_MAX, &ret->first) < 0 ||
	    parse_u64(count, UINT32_MAX, &ret->count) < 0)
		return -EINVAL;
	ret->owner = (char *)owner;
	return 1;
}

static int add(struct subid_table *t, const struct subid *new)
{
	struct subid *bigger = reallocarray(t->list, t->count + 1, sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	t->list = bigger;
	t->list[t->count] = *new;
	t->list[t->count].owner = strdup(new->owner);
	if (!t->list[t->count].owner)
		return -ENOMEM;
	t->count++;
	return 0;
}

int subid_parse(const char *text, struct subid_table *ret)
{
	*ret = (struct subid_table){0};
	for (unsigned number = 1; *text; text += strcspn(text, "\n"), text += *text == '\n', number++) {
		struct subid new = {.line = number};
		cleanup_free char *line = strndup(text, strcspn(text, "\n"));
		int r = line ? parse_line(line, &new) : -ENOMEM;
		if (r == -EINVAL && !ret->bad)
			ret->bad = number;
		if (r == 1)
			r = add(ret, &new);
		if (r == -ENOMEM) {
			subid_done(ret);
			return r;
		}
	}
	return 0;
}

uint64_t subid_total(const struct subid_table *t, const char *name, uint64_t uid)
{
	uint64_t total = 0, number;
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->list[i].owner, name) == 0 ||
		    (parse_u64(t->list[i].owner, UINT32_MAX, &number) == 0 && number == uid))
			total += t->list[i].count;
	return total;
}

bool subid_overlaps(const struct subid *a, const struct subid *b)
{
	return a->count > 0 && b->count > 0 && a->first < b->first + b->count && b->first < a->first + a->count;
}

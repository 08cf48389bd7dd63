/* SPDX-License-Identifier: ISC */
#include "pick.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

static bool has_name(const struct candidate *c, const char *name)
{
	return str_eq(c->comm, name) || (*c->program && str_eq(c->program, name)) ||
	       (*c->first && str_eq(c->first, name));
}

static bool is_meant(const struct candidate *c, const char *name)
{
	return !c->ended && (!name || has_name(c, name));
}

void pick_list(const struct candidate *all, size_t count, const char *name, char *to, size_t size)
{
	size_t used = 0;
	*to = '\0';
	for (size_t i = 0; i < count; i++) {
		char shown[4 * 60], item[4 * 60 + 32];
		const char *line = *all[i].line ? all[i].line : all[i].comm;
		if (!is_meant(&all[i], name))
			continue;
		text_escape(shown, sizeof(shown), line, strnlen(line, 59));
		int len = snprintf(item, sizeof(item), "%s%d (%s)", used ? ", " : "", all[i].pid, shown);
		if (len < 0 || used + (size_t)len + sizeof(", ...") > size) {
			if (used + sizeof(", ...") <= size)
				strcpy(to + used, ", ...");
			return;
		}
		memcpy(to + used, item, (size_t)len + 1);
		used += (size_t)len;
	}
}

static int say_nobody(const char *word, const char *target, const struct candidate *all, size_t count,
		      struct error *err)
{
	char shown[128], list[640];
	text_escape(shown, sizeof(shown), word, strlen(word));
	pick_list(all, count, NULL, list, sizeof(list));
	return error_set(err, -ESRCH, "no process of %s is named %s; those that there are: %s", target, shown,
			 *list ? list : "none");
}

static int say_several(const char *word, const char *target, const struct candidate *all, size_t count,
		       struct error *err)
{
	char shown[128], list[640];
	text_escape(shown, sizeof(shown), word, strlen(word));
	pick_list(all, count, word, list, sizeof(list));
	return error_set(err, -ENOTUNIQ, "several processes of %s are named %s: say which one with --pid N: %s", target,
			 shown, list);
}

int pick_process(const char *word, const char *target, const struct candidate *all, size_t count, pid_t *ret,
		 struct error *err)
{
	uint64_t number;
	if (parse_u64(word, INT_MAX, &number) == 0 && number > 0) {
		*ret = (pid_t)number;
		return 0;
	}
	pid_t alive = 0, ended = 0;
	size_t matches = 0;
	for (size_t i = 0; i < count; i++) {
		if (!has_name(&all[i], word))
			continue;
		if (all[i].ended) {
			ended = all[i].pid;
			continue;
		}
		alive = all[i].pid;
		matches++;
	}
	if (matches > 1)
		return say_several(word, target, all, count, err);
	if (matches == 0 && ended == 0)
		return say_nobody(word, target, all, count, err);
	*ret = matches == 1 ? alive : ended;
	return 0;
}

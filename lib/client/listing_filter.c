/* SPDX-License-Identifier: ISC */
#include "listing_filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/suggest.h"
#include "lib/base/text.h"
#include "lib/policy/verbs.h"

void listing_filter_done(struct listing_filter *f)
{
	strv_free(f->names);
	strv_free(f->images);
	*f = (struct listing_filter){0};
}

/* The index of a word among `names`, or an error that lists them. */
static int find(const char *key, const char *word, const char *const *names, struct error *err)
{
	char all[256] = "";
	size_t len = 0;
	for (int i = 0; names[i]; i++) {
		if (strcmp(names[i], word) == 0)
			return i;
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	return error_set(err, -EINVAL, "--filter %s=%s: %s is one of %s", key, word, key, all);
}

static int add_state(struct listing_filter *f, const char *word, struct error *err)
{
	const char *names[STATE_MAX + 1] = {NULL};
	for (int s = STATE_UNKNOWN + 1; s <= STATE_MAX; s++)
		names[s - 1] = container_state_name((enum container_state)s);
	int i = find("state", word, names, err);
	if (i < 0)
		return i;
	f->states |= 1u << (i + 1);
	return 0;
}

static int add_verb(struct listing_filter *f, const char *word, struct error *err)
{
	int i = find("can", word, policy_verb_names, err);
	if (i < 0)
		return i;
	f->verbs |= 1u << i;
	return 0;
}

/*
 * As docker has it, a word is found anywhere, and ^ and $ say where it begins and ends. What else a regular expression
 * has is in no name: it would quietly fit nothing.
 */
static int add_pattern(char ***to, const char *text, const char *value, struct error *err)
{
	size_t begins = *value == '^', len = strlen(value);
	size_t ends = len > begins && value[len - 1] == '$';
	bool whole = !begins && !ends && strpbrk(value, "*?");
	value += begins;
	len -= begins + ends;
	/* The names of docker's API begin with a slash. */
	if (begins && *value == '/') {
		value++;
		len--;
	}
	if (len == 0)
		return error_set(err, -EINVAL, "--filter %s: there is no pattern behind the =", text);
	if (strcspn(value, "^$|()[]{}+\\") < len)
		return error_set(err, -EINVAL,
				 "--filter %s: no regular expression is taken but ^ and $ at its ends: write a part, a "
				 "pattern with * and ?, or several filters",
				 text);
	cleanup_free char *pattern = NULL;
	if (asprintf(&pattern, "%s%.*s%s", begins || whole ? "" : "*", (int)len, value, ends || whole ? "" : "*") < 0) {
		pattern = NULL;
		return error_errno(err, -ENOMEM, "--filter");
	}
	return strv_add(to, pattern) < 0 ? error_errno(err, -ENOMEM, "--filter") : 0;
}

int listing_filter_add(struct listing_filter *f, const char *text, struct error *err)
{
	const char *value;
	if ((value = str_after(text, "name=")))
		return add_pattern(&f->names, text, value, err);
	if ((value = str_after(text, "image=")))
		return add_pattern(&f->images, text, value, err);
	if ((value = str_after(text, "state=")) || (value = str_after(text, "status=")))
		return add_state(f, value, err);
	if ((value = str_after(text, "can=")))
		return add_verb(f, value, err);
	return error_set(err, -EINVAL,
			 "--filter %s: write name=PATTERN, image=PATTERN, state=STATE or can=VERB (patterns with * and "
			 "?)",
			 text);
}

/* The last star is where a mismatch goes back to: no more than len(pattern) * len(text) steps. */
static bool fits(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;
	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static bool fits_any(char *const *patterns, const char *text)
{
	for (char *const *p = patterns; p && *p; p++)
		if (fits(*p, text))
			return true;
	return !patterns;
}

static uint32_t verbs_of(const struct listing *l, const struct listing_row *row)
{
	uint32_t verbs = l->everything ? UINT32_MAX : 0;
	for (uint32_t i = 0; i < row->grant_count; i++)
		verbs |= row->grants[i].verbs;
	return verbs;
}

static bool is_wanted(const struct listing_filter *f, const struct listing *l, const struct listing_row *row)
{
	const uint32_t alive = 1u << STATE_RUNNING | 1u << STATE_PAUSED;
	uint32_t states = f->states ? f->states : f->all ? UINT32_MAX : alive;
	return states & 1u << row->state && fits_any(f->names, row->name) && fits_any(f->images, row->image) &&
	       (verbs_of(l, row) & f->verbs) == f->verbs && (!f->any_verb || verbs_of(l, row) & f->any_verb);
}

int listing_filter_apply(const struct listing_filter *f, struct listing *l)
{
	uint32_t kept = 0;
	cleanup_listing struct listing dropped = {.rows = calloc(l->count + 1u, sizeof(*l->rows))};
	if (!dropped.rows)
		return -ENOMEM;
	for (uint32_t i = 0; i < l->count; i++) {
		if (is_wanted(f, l, &l->rows[i]))
			l->rows[kept++] = l->rows[i];
		else
			dropped.rows[dropped.count++] = l->rows[i];
	}
	l->count = kept;
	return 0;
}

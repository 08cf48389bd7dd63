/* SPDX-License-Identifier: ISC */
#include "session_find.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/audit/event.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "places.h"

static const char suffix[] = ".cast";

int session_check_word(const char *word, struct error *err)
{
	size_t len = strlen(word);
	if (len == 0 || len > AUDIT_ID_LEN || strspn(word, "abcdefghijklmnopqrstuvwxyz234567") != len)
		return error_set(err, -EINVAL, "\"%.64s\" is no session's ID: centerctl sessions -a shows them", word);
	return 0;
}

/* Candidates, up to a few; more are only counted. */
struct found {
	char names[4 * (AUDIT_ID_LEN + 2) + 8];
	int count;
};

static void note(struct found *f, const char *session)
{
	size_t used = strlen(f->names);
	if (f->count < 4)
		snprintf(f->names + used, sizeof(f->names) - used, "%s%s", used ? ", " : "", session);
	else if (f->count == 4)
		snprintf(f->names + used, sizeof(f->names) - used, ", ...");
	f->count++;
}

static int judge(const struct found *f, const char *word, const char *what, struct error *err)
{
	if (f->count == 0)
		return error_set(err, -ENOENT, "no %s begins with %s: centerctl sessions -a shows them", what, word);
	if (f->count > 1)
		return error_set(err, -ENOTUNIQ, "%d of them begin with %s: %s", f->count, word, f->names);
	return 0;
}

int session_find_running(const char *word, struct running *ret, struct error *err)
{
	struct running *list = NULL;
	struct found f = {.count = 0};
	int index = -1;
	int r = session_check_word(word, err);
	int count = r < 0 ? r : running_list(places_rundir(), &list, err);
	if (count < 0)
		return count;
	for (int i = 0; i < count; i++) {
		if (!str_starts(list[i].session, word))
			continue;
		note(&f, list[i].session);
		index = i;
	}
	r = judge(&f, word, "session that runs", err);
	if (r == 0) {
		*ret = list[index];
		list[index] = (struct running){0};
	}
	running_list_free(list, count);
	return r;
}

/* The ID in the name of a recording, or false. */
static bool take_id(const char *name, char ret[AUDIT_ID_LEN + 1])
{
	if (strlen(name) != AUDIT_ID_LEN + sizeof(suffix) - 1 || strcmp(name + AUDIT_ID_LEN, suffix) != 0)
		return false;
	memcpy(ret, name, AUDIT_ID_LEN);
	ret[AUDIT_ID_LEN] = '\0';
	return audit_is_session_id(ret);
}

int session_find_recording(const char *dir, const char *word, char **ret, struct error *err)
{
	struct found f = {.count = 0};
	char id[AUDIT_ID_LEN + 1], only[AUDIT_ID_LEN + 1] = "", path[PATH_MAX];
	int r = session_check_word(word, err);
	if (r < 0)
		return r;
	DIR *list = opendir(dir);
	if (!list && errno != ENOENT)
		return error_errno(err, -errno, "cannot list the recordings in %s", dir);
	for (struct dirent *d; list && (d = readdir(list));) {
		if (!take_id(d->d_name, id) || !str_starts(id, word))
			continue;
		note(&f, id);
		memcpy(only, id, sizeof(only));
	}
	if (list)
		closedir(list);
	r = judge(&f, word, "recording", err);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/%s%s", dir, only, suffix);
	return str_set(ret, path) < 0 ? error_errno(err, -ENOMEM, "%s", path) : 0;
}

/* SPDX-License-Identifier: ISC */
#include "mountinfo.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The fields of a line that count here, none of which ends with a NUL. */
struct line {
	const char *device, *root, *place;
	size_t device_len, root_len, place_len;
	bool writable;
};

/* "ID PARENT MAJOR:MINOR ROOT PLACE OPTIONS ..."; blanks in paths are escaped. Returns where the next line begins, or
 * NULL. */
static const char *take_line(const char *text, struct line *ret)
{
	const char *end = strchrnul(text, '\n'), *field[6];
	size_t len[6];
	if (!*text)
		return NULL;
	for (int i = 0; i < 6; i++) {
		field[i] = text;
		len[i] = text < end ? strcspn(text, " \n") : 0;
		text += len[i] + (text + len[i] < end);
	}
	*ret = (struct line){.device = field[2],
			     .device_len = len[2],
			     .root = field[3],
			     .root_len = len[3],
			     .place = field[4],
			     .place_len = len[4],
			     /* The kernel puts that first. */
			     .writable = len[5] < 2 || memcmp(field[5], "ro", 2) != 0};
	return *end ? end + 1 : end;
}

/* What stands below a root, without the slash before it: its length, or -1 if it stands elsewhere. */
static int below(const struct line *what, const struct line *mount, const char **ret)
{
	size_t len = mount->root_len == 1 ? 0 : mount->root_len;
	if (what->device_len != mount->device_len || memcmp(what->device, mount->device, what->device_len) != 0 ||
	    what->root_len < len || memcmp(what->root, mount->root, len) != 0 || mount->root_len == 0)
		return -1;
	*ret = what->root + len;
	size_t rest = what->root_len - len;
	if (rest > 0 && **ret != '/')
		return -1;
	*ret += rest > 0;
	return (int)(rest > 0 ? rest - 1 : 0);
}

static void put_path(const struct line *mount, const char *rest, int rest_len, char *room, size_t size)
{
	int place = mount->place_len == 1 ? 0 : (int)mount->place_len;
	bool slash = rest_len > 0 || place == 0;
	snprintf(room, size, "%.*s%s%.*s", place, mount->place, slash ? "/" : "", rest_len, rest);
}

bool mountinfo_find(const char *theirs, const char *ours, mountinfo_test *is, const void *arg, char *ret, size_t size)
{
	struct line what, mount;
	while ((theirs = take_line(theirs, &what))) {
		for (const char *at = ours; (at = take_line(at, &mount));) {
			char path[PATH_MAX];
			const char *rest;
			int len = below(&what, &mount, &rest);
			if (len < 0)
				continue;
			put_path(&mount, rest, len, path, sizeof(path));
			if (!is(path, what.writable, arg))
				continue;
			snprintf(ret, size, "%s", path);
			return true;
		}
	}
	return false;
}

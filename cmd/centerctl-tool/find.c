/* SPDX-License-Identifier: ISC */
#include "find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/say.h"
#include "lib/base/text.h"

enum { EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

static int look_at(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return access(path, X_OK) < 0 ? -errno : 0;
}

static int look_in_path(const char *name, char **ret_path)
{
	const char *path = getenv("PATH");
	int worst = -ENOENT;
	for (const char *at = path ? path : "/usr/bin:/bin"; at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
		int len = (int)strcspn(at, ":");
		cleanup_free char *full = NULL;
		if (len == 0)
			continue;
		if (asprintf(&full, "%.*s/%s", len, at, name) < 0)
			return -ENOMEM;
		int r = look_at(full);
		if (r == 0) {
			*ret_path = steal_ptr(full);
			return 0;
		}
		if (r == -EACCES)
			worst = r;
	}
	return worst;
}

int find_program(const char *name, char **ret_path)
{
	if (!*name)
		return -ENOENT;
	if (!strchr(name, '/'))
		return look_in_path(name, ret_path);
	int r = look_at(name);
	if (r < 0)
		return r == -ENOTDIR ? -ENOENT : r;
	*ret_path = strdup(name);
	return *ret_path ? 0 : -ENOMEM;
}

static int say_not_found(const struct tool_options *o, const char *name)
{
	struct error err;
	char shown[256];
	const char *box = o->toolbox ? o->toolbox : "default", *target = o->target ? o->target : "TARGET";
	text_escape(shown, sizeof(shown), name, strlen(name));
	if (strchr(name, '/'))
		error_set(&err, -ENOENT,
			  "%s is not in the toolbox %s; the files of the container are below /target, and "
			  "`centerctl exec %s %s` runs its own programs",
			  shown, box, target, shown);
	else
		error_set(
			&err, -ENOENT,
			"%s is not in the toolbox %s; `centerctl toolbox build %s PACKAGE...` makes that anew, of all "
			"packages that are named (`centerctl toolbox ls` tells those that it has now)",
			shown, box, box);
	say(err.text);
	return EXIT_NOT_FOUND;
}

int find_and_execute(const struct tool_options *o, char **argv)
{
	struct error err;
	cleanup_free char *path = NULL;
	char shown[256];
	int r = find_program(argv[0], &path);
	if (r == -ENOENT)
		return say_not_found(o, argv[0]);
	if (r == 0) {
		execv(path, argv);
		r = -errno;
	}
	text_escape(shown, sizeof(shown), path ? path : argv[0], strlen(path ? path : argv[0]));
	/* The file itself was there: it is its interpreter or loader that is not. */
	if (r == -ENOENT)
		error_set(&err, r,
			  "%s of the toolbox cannot be executed: its interpreter or loader is not in the toolbox",
			  shown);
	else
		error_errno(&err, r, "%s of the toolbox cannot be executed", shown);
	say(err.text);
	return EXIT_CANNOT_EXECUTE;
}

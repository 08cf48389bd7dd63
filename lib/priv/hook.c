/* SPDX-License-Identifier: ISC */
#include "hook.h"

#if CENTERCTL_TEST_HOOKS

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static char *kept[16];

char **hook_keep(char **environment)
{
	size_t n = 0;
	for (; environment && *environment && n + 1 < ARRAY_SIZE(kept); environment++)
		if (str_starts(*environment, "CENTERCTL_TEST_") || str_starts(*environment, "CENTERCTL_LIBEXECDIR="))
			kept[n++] = *environment;
	kept[n] = NULL;
	return kept;
}

const char *hook_value(const char *name)
{
	return env_get(kept, name);
}

bool hook_fails(const char *point)
{
	const char *wanted = hook_value("CENTERCTL_TEST_FAIL");
	if (!wanted || strcmp(wanted, point) != 0)
		return false;
	errno = EPERM;
	return true;
}

bool hook_skips(const char *point)
{
	const char *wanted = hook_value("CENTERCTL_TEST_FAIL");
	const char *after = wanted ? str_after(wanted, point) : NULL;
	return after && strcmp(after, ":quiet") == 0;
}

void hook_barrier(const char *point)
{
	const char *wanted = hook_value("CENTERCTL_TEST_BARRIER");
	if (!wanted || !str_starts(wanted, point) || wanted[strlen(point)] != ':')
		return;
	const char *path = wanted + strlen(point) + 1;
	char file[512];
	snprintf(file, sizeof(file), "%s.reached", path);
	close_fd(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	snprintf(file, sizeof(file), "%s.go", path);
	for (int i = 0; i < 3000 && access(file, F_OK) < 0; i++)
		usleep(10000);
}

#endif

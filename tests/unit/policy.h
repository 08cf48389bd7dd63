/* SPDX-License-Identifier: ISC */
/* Policies out of strings, for the tests of lib/policy. */
#ifndef CENTERCTL_TESTS_POLICY_H
#define CENTERCTL_TESTS_POLICY_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/policy/policy.h"

/* Files are "PATH" and content, in turn; a directory has those whose path begins with it. NULL-terminated. */
static int memory_read(void *arg, const char *path, char **ret_text, size_t *ret_len, struct error *err)
{
	for (const char **file = arg; file[0]; file += 2) {
		if (strcmp(file[0], path) != 0)
			continue;
		*ret_text = strdup(file[1]);
		*ret_len = strlen(file[1]);
		return 0;
	}
	return error_errno(err, -ENOENT, "%s", path);
}

static int memory_list(void *arg, const char *directory, char ***ret_names, struct error *err)
{
	size_t len = strlen(directory);
	for (const char **file = arg; file[0]; file += 2)
		if (strncmp(file[0], directory, len) == 0 && file[0][len] == '/' && !strchr(file[0] + len + 1, '/'))
			strv_add(ret_names, file[0] + len + 1);
	return *ret_names ? 0 : error_errno(err, -ENOENT, "%s", directory);
}

static int load_files(const char **files, struct policy **ret, struct error *err)
{
	struct policy_reader reader = {memory_read, memory_list, files};
	*ret = NULL;
	*err = ERROR_INIT;
	return policy_load(files[0], &reader, ret, err);
}

static inline int load_text(const char *text, struct policy **ret, struct error *err)
{
	const char *files[] = {"/etc/c/c.conf", text, NULL};
	return load_files(files, ret, err);
}

/* A policy that must be right; a test that needs one sees why it is not. */
static inline struct policy *must_load(const char *text)
{
	struct policy *p;
	struct error err;
	if (load_text(text, &p, &err) < 0)
		fail_msg("%s", err.text);
	assert_ptr_equal(policy_attach(p, policy_size(p)), p);
	return p;
}

#endif

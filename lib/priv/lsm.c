/* SPDX-License-Identifier: ISC */
#include "lsm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum lsm_kind lsm_label_kind(const char *label)
{
	if (!label[0] || strcmp(label, "kernel") == 0)
		return LSM_NONE;
	const char *colon = strchr(label, ':');
	if (colon && strchr(colon + 1, ':'))
		return LSM_SELINUX;
	return LSM_APPARMOR;
}

/* "name (mode)" without its mode. */
static size_t profile_length(const char *label)
{
	const char *mode = strrchr(label, '(');
	return mode && mode > label && mode[-1] == ' ' ? (size_t)(mode - 1 - label) : strlen(label);
}

static int set_label(struct lsm_label *ret, const char *file, const char *prefix, const char *name, size_t len)
{
	ret->file = file;
	int n = snprintf(ret->text, sizeof(ret->text), "%s%.*s", prefix, (int)len, name);
	return n > 0 && (size_t)n < sizeof(ret->text) ? 0 : -ENAMETOOLONG;
}

static int plan_apparmor(const char *init, const char *wanted, struct lsm_label *ret, struct error *err)
{
	size_t len = profile_length(init);
	bool init_confined = len != strlen("unconfined") || strncmp(init, "unconfined", len) != 0;
	if (wanted[0] && strcmp(wanted, "unconfined") == 0)
		wanted = "";
	if (!init_confined && !wanted[0])
		return 0;
	if (!init_confined)
		return set_label(ret, "self/attr/exec", "exec ", wanted, strlen(wanted));
	if (wanted[0] && (strlen(wanted) != len || strncmp(init, wanted, len) != 0))
		return error_set(err, -EACCES,
				 "the container's first process runs under AppArmor profile %.*s, its bundle says "
				 "%s: refusing to choose",
				 (int)len, init, wanted);
	return set_label(ret, "self/attr/exec", "exec ", init, len);
}

int lsm_plan(const char *init, const char *own, const char *apparmor, const char *selinux, struct lsm_label *ret,
	     struct error *err)
{
	*ret = (struct lsm_label){0};
	switch (lsm_label_kind(init)) {
	case LSM_NONE:
		if (apparmor[0] && strcmp(apparmor, "unconfined") != 0)
			return error_set(err, -EACCES,
					 "the container's bundle asks for AppArmor profile %s, but its first "
					 "process has no label: refusing to enter without it",
					 apparmor);
		return 0;
	case LSM_APPARMOR:
		return plan_apparmor(init, apparmor, ret, err);
	case LSM_SELINUX:
		break;
	}
	if (selinux[0] && strcmp(selinux, init) != 0)
		return error_set(err, -EACCES,
				 "the container's first process runs as SELinux context %s, its bundle says %s: "
				 "refusing to choose",
				 init, selinux);
	if (strcmp(init, own) == 0)
		return 0;
	return set_label(ret, "self/attr/exec", "", init, strlen(init));
}

/* SPDX-License-Identifier: ISC */
/*
 * The security label that the command gets: AppArmor's profile or SELinux's context of the container. What init really
 * runs under bounds what the bundle says; in doubt, init's label.
 */
#ifndef CENTERCTL_PRIV_LSM_H
#define CENTERCTL_PRIV_LSM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

enum lsm_kind { LSM_NONE = 0, LSM_APPARMOR, LSM_SELINUX };

struct lsm_label {
	const char *file; /* below procfs; NULL: nothing to write */
	char text[4200];  /* what to write there */
};

/* Which LSM speaks in a label, as attr/current shows it: "docker-default (enforce)", "u:r:t:s0:c1", "unconfined". */
enum lsm_kind lsm_label_kind(const char *label);

/*
 * Decides. init is the target's label, own is ours, apparmor and selinux what the bundle says ("" for nothing). Returns
 * 0, or -EACCES if init is confined and the bundle wants another confinement.
 */
int lsm_plan(const char *init, const char *own, const char *apparmor, const char *selinux, struct lsm_label *ret,
	     struct error *err);

#endif

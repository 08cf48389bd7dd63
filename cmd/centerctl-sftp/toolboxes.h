/* SPDX-License-Identifier: ISC */
/* The toolboxes that have a directory of their own as root. */
#ifndef CENTERCTL_SFTP_TOOLBOXES_H
#define CENTERCTL_SFTP_TOOLBOXES_H

#include "lib/base/error.h"

/*
 * Calls try with the root of each, in the order of their names, until it returns something else than -ENOENT, which is
 * returned. One that cannot be entered is passed over.
 */
int toolboxes_try(const char *directory, int (*try)(void *arg, int root, struct error *err), void *arg,
		  struct error *err);

#endif

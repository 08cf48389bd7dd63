/* SPDX-License-Identifier: ISC */
/*
 * Where the runtime keeps the container's OCI bundle: asked of the container's own supervisor, which is the parent of
 * its first process (containerd-shim works in the bundle, conmon names it with -b), else in the places where Docker and
 * Podman put it by default. Only a config.json that root alone can write is believed.
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_PRIV_BUNDLE_H
#define CENTERCTL_PRIV_BUNDLE_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "target.h"

enum bundle_kind { BUNDLE_NONE = 0, BUNDLE_DOCKER, BUNDLE_PODMAN };

struct bundle_file {
	int fd; /* config.json, open for reading */
	enum bundle_kind kind;
	char dir[4096]; /* for messages and --show */
};

/* 0; -ENOENT if there is none; -EPERM if it is not root's alone; or -errno. */
int bundle_open(const struct target *t, const char *id, struct bundle_file *ret, struct error *err);

/* What a conmon command line says: the value behind option `-X`. Pure, for tests. NULL if it is not there. */
const char *bundle_conmon_option(const char *cmdline, size_t len, const char *option);

#endif

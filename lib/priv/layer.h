/* SPDX-License-Identifier: ISC */
/*
 * Directories that an engine's overlay driver keeps layers in. Their paths come from centerctl-resolve, which counts as
 * taken over: what becomes the root of a tool must not be whatever directory of the host it names.
 *
 * Runs as: root.
 */
#ifndef CENTERCTL_PRIV_LAYER_H
#define CENTERCTL_PRIV_LAYER_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * Whether path is absolute, without empty components, . and .., and ends as docker's and podman's drivers name what
 * they keep: .../overlay2/ID/diff or .../overlay/ID/diff, ID being 64 hexadecimal digits (-init behind them is the
 * engine's own) or the 25 letters and digits of BuildKit; and does not stand inside of another layer. Pure.
 */
bool layer_is_path(const char *path);

/*
 * Opens it with O_PATH: every directory on the way is root's alone (lib/base/rootpath.h); the last one may be
 * somebody's (engines with userns-remap), and is no link. The descriptor, or -errno.
 */
int layer_open(const char *path, struct error *err);

#endif

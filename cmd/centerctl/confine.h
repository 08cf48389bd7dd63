/* SPDX-License-Identifier: ISC */
/* What unpacks a stream that came out of a container is shut off from everything else first. */
#ifndef CENTERCTL_CONFINE_H
#define CENTERCTL_CONFINE_H

#include "lib/base/error.h"

/*
 * From here on this process can open, make, rename and remove files below the directory alone (Landlock, of Linux 5.19;
 * older kernels or others without it leave that to unpack(), which follows nothing that leads out), and can execute
 * nothing. Descriptors that are open stay. 0 or -errno with a text.
 */
int confine_below(int directory, struct error *err);

#endif

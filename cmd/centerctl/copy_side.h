/* SPDX-License-Identifier: ISC */
/* The end of a copy that is on this side. Both run in a process of their own; what they say goes to stderr. */
#ifndef CENTERCTL_COPY_SIDE_H
#define CENTERCTL_COPY_SIDE_H

#include <stdbool.h>

#include "lib/transfer/destination.h"
#include "lib/transfer/report.h"

/* Beside 0, 1 and 125: the other side ended before all was there, and says why if there is a reason. */
enum { SIDE_CUT = 3 };

/* Packs the path to fd. Returns an exit code. With `total`, counts first. */
int copy_side_pack(int fd, const char *path, bool follow, bool archive, bool total, struct transfer_count *count);

/*
 * Unpacks what comes from fd, which is hostile, into what was opened: shut off from everything else, without owners,
 * setuid and setgid bits unless `archive`, and without devices. `asked` as in struct unpack_options. Returns an exit
 * code.
 */
int copy_side_unpack(int fd, const struct destination *to, const char *asked, bool archive,
		     struct transfer_count *count);

/* Moves bytes from one pipe to the other, and counts them. Returns an exit code. */
int copy_side_pump(int from, int to, struct transfer_count *count);

#endif

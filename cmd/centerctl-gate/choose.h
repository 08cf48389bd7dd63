/* SPDX-License-Identifier: ISC */
/* What happens when nothing was typed: the one container, or a menu, or the list. */
#ifndef CENTERCTL_GATE_CHOOSE_H
#define CENTERCTL_GATE_CHOOSE_H

#include "lib/proto/listing.h"

/*
 * The container whose shell is wanted, as a new string; or NULL with the exit code in *ret_exit, and all said that
 * there is to say. Reads from the terminal only if stdin and stdout are one.
 */
char *choose_container(const struct listing *l, int *ret_exit);

/* The only one whose files may be reached by sftp, in the same way. Nobody can be asked. */
char *choose_sftp(const struct listing *l, int *ret_exit);

#endif

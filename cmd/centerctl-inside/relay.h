/* SPDX-License-Identifier: ISC */
/* Bytes both ways between standard input and output and one socket. */
#ifndef CENTERCTL_INSIDE_RELAY_H
#define CENTERCTL_INSIDE_RELAY_H

#include "lib/base/error.h"

/*
 * Until the socket's other side has ended and all of it is written, or nobody reads standard output any more. The end
 * of standard input is passed on as the end of what we send (shutdown(2)), and ends nothing else. The socket is
 * non-blocking; 0 and 1 are left as they are. 0, or -errno with a text.
 */
int relay_run(int sock, struct error *err);

#endif

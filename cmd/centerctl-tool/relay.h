/* SPDX-License-Identifier: ISC */
/* The bytes between a gdb and gdbserver, through lib/tool/rsp. */
#ifndef CENTERCTL_TOOL_RELAY_H
#define CENTERCTL_TOOL_RELAY_H

/*
 * Until one of them has gone, or signals is readable. The descriptors may be others', too: their flags stay as they
 * are. Returns 0 or -errno.
 */
int relay_run(int client_in, int client_out, int server_in, int server_out, int signals);

#endif

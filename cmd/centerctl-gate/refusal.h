/* SPDX-License-Identifier: ISC */
/* Why sftp was refused, for clients to whom nothing but the protocol is passed on: sshd drops a subsystem's stderr. */
#ifndef CENTERCTL_GATE_REFUSAL_H
#define CENTERCTL_GATE_REFUSAL_H

/*
 * Answers on stdin and stdout as an SFTP server (version 3) that permits nothing, each request with the text: sftp(1)
 * shows it, scp(1) says "Permission denied". Returns when the client is done, or breaks the protocol; after 64 requests
 * and after 10 seconds in any case. Nothing of what a request is about is looked at.
 */
void refusal_serve_sftp(const char *text);

#endif

/* SPDX-License-Identifier: ISC */
/* The two ways in which clients ask for sftp: the subsystem, and a verb. Pure. */
#ifndef CENTERCTL_GATE_SFTP_H
#define CENTERCTL_GATE_SFTP_H

#include "lib/base/error.h"
#include "lib/client/exec_options.h"
#include "line.h"

/*
 * Whether this is what sshd has for a subsystem (sftp(1), scp(1), sshfs(1)): `internal-sftp`, or an absolute path that
 * ends in /sftp-server, with whatever sshd_config has behind it. A client may type the same, to the same end.
 */
bool gate_sftp_is_subsystem(const struct line *l);

/* The subsystem in this container. -R, which refuses every change, is kept. */
int gate_sftp_subsystem(const struct line *l, const char *container, struct exec_options *o, struct error *err);

/*
 * `sftp [OPTIONS] CONTAINER [DIR]`, as sftp_options_parse(). A slash in front of the container is none of its name: it
 * is what makes sftp(1) type `sftp -s 'sftp /web'` as a command.
 */
int gate_sftp_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);

#endif

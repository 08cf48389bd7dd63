/* SPDX-License-Identifier: ISC */
/* The options of `dial` and `sftp`: services that want nothing but a user, and a few words. */
#ifndef CENTERCTL_CLIENT_REACH_OPTIONS_H
#define CENTERCTL_CLIENT_REACH_OPTIONS_H

#include "exec_options.h"

extern const struct option_def dial_option_table[], sftp_option_table[];

/*
 * TARGET [HOST:]PORT, and TARGET [DIR]; options stand in front of TARGET. As exec_options_parse(): no side effects, 0
 * or -errno with a text. With --help nothing else is looked at.
 */
int dial_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);
int sftp_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);

#endif

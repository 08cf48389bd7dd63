/* SPDX-License-Identifier: ISC */
/* The options of `cp`, `backup` and `restore`. */
#ifndef CENTERCTL_CLIENT_COPY_OPTIONS_H
#define CENTERCTL_CLIENT_COPY_OPTIONS_H

#include "exec_options.h"

extern const struct option_def cp_option_table[], backup_option_table[], restore_option_table[];

/*
 * As exec_options_parse(): no side effects, 0 or -errno with a text. With --help nothing else is looked at.
 *
 * cp: o->request is about the container that is read (SERVICE_READ), or, where o->copy.from is a path of this side,
 * about the one that is written to (SERVICE_WRITE). o->copy.from and o->copy.to are then the path on this side, "-" for
 * a tar stream, and NULL for a container. From one container to another, copy_options_second() gives the request to
 * write with.
 */
int cp_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);
int backup_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);
int restore_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);

/* Where both are containers: *ret (zero-initialised; freed by the caller) becomes the other request. 0 or -ENOMEM. */
int copy_options_second(const struct exec_options *o, struct request *ret, struct error *err);

/*
 * TARGET:PATH, as docker has it: what begins with . or / is a path of this side, and so is what has no colon.
 * pid:N:PATH is of process N. *ret_target stays NULL for a path of this side; both are the caller's. A path in a
 * container is below its root, with a slash or without. 0, -EINVAL or -ENOMEM.
 */
int copy_operand(const char *word, char **ret_target, char **ret_path, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* The options of `centerctl debug`: exec's and its own. */
#ifndef CENTERCTL_CLIENT_DEBUG_OPTIONS_H
#define CENTERCTL_CLIENT_DEBUG_OPTIONS_H

#include "exec_options.h"
#include "lib/base/error.h"
#include "option.h"

extern const struct option_def debug_option_table[];

/*
 * Reads argv[1..]: options, target, command. Options may stand before and behind the target, up to -- or the command's
 * first word; with --host-pid there is no target. Otherwise as exec_options_parse().
 *
 * The last two words of `strace ... --timeout DURATION` become our --timeout, if strace attaches: it has no such
 * option, and is not asked to start a program whose option it could be.
 */
int debug_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/* Options and other words in any order, for verbs that start no command whose options could be meant. */
#ifndef CENTERCTL_OPERANDS_H
#define CENTERCTL_OPERANDS_H

#include "cmd.h"

/*
 * Hands each option in argv[1..] to its row of the verb's table, and gathers what is none in *ret_words (NULL:
 * nothing). *help is what -h sets in options: with it nothing else is looked at. 0, or -EINVAL, -ENOMEM. The caller
 * frees.
 */
int operands_parse(const struct cmd *cmd, void *options, const bool *help, int argc, char **argv, char ***ret_words,
		   struct error *err);

#endif

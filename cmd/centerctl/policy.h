/* SPDX-License-Identifier: ISC */
/* What the words behind `centerctl policy` share. */
#ifndef CENTERCTL_POLICY_VERB_H
#define CENTERCTL_POLICY_VERB_H

#include <stdint.h>
#include <stdio.h>

#include "cmd.h"
#include "lib/policy/plain_reader.h"
#include "lib/policy/policy.h"

extern const struct cmd policy_explain_cmd, policy_lint_cmd;

/* The installed file. */
extern const char policy_file[];

/* file NULL: the installed one, which must be root's alone. The caller frees *ret. */
int policy_open(const char *file, struct plain_reader *state, struct policy **ret, struct error *err);

/* The time, and that of the clock on the wall beside it. */
int64_t policy_now(int32_t *ret_offset);

/* Prints what may hold bytes of a container or of the command line. */
void policy_print(const char *text, size_t len, FILE *to);

#endif

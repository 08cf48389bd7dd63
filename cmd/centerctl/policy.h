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

/* How many things `policy lint` finds in the installed policy, and the first one's text, with its place. 0 or -errno.
 */
int policy_lint_installed(size_t *ret_count, struct buf *first, struct error *err);

#endif

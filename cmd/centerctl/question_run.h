/* SPDX-License-Identifier: ISC */
/* What the verbs that ask have in common: they are a table and a text (lib/client/question.h). */
#ifndef CENTERCTL_QUESTION_RUN_H
#define CENTERCTL_QUESTION_RUN_H

#include "cmd.h"
#include "lib/client/question.h"

/* A whole run of the verb that self->name says. Returns the exit code. */
int question_run(const struct cmd *self, int argc, char **argv);

#endif

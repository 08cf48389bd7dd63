/* SPDX-License-Identifier: ISC */
/*
 * For tests of the sandbox and of the filtered engine connection, in builds with -Dtest_hooks=true only: a container's
 * name that begins with "hook-" makes centerctl-resolve act as if it had been taken over.
 *
 *   hook-call-NAME   makes system call NAME; if it is still alive then, the answer is an error that says so
 *   hook-post        sends POST /containers/create to the engine and answers with what came back
 */
#ifndef CENTERCTL_RESOLVE_HOOKS_H
#define CENTERCTL_RESOLVE_HOOKS_H

#include "lib/proto/answer.h"

/* Whether word was a hook; then why is set. engine is the connection. */
bool hook_run(const char *word, int engine, struct answer_error_info *why);

#endif

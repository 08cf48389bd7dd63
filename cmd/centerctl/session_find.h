/* SPDX-License-Identifier: ISC */
/* The session that is meant by an ID or a beginning of one. */
#ifndef CENTERCTL_SESSION_FIND_H
#define CENTERCTL_SESSION_FIND_H

#include "lib/audit/running.h"
#include "lib/base/error.h"

/* Whether word can be an ID or its beginning. 0, or -EINVAL with err set. */
int session_check_word(const char *word, struct error *err);

/* The one running session; the caller calls running_done(). 0, -ENOENT, -ENOTUNIQ with the candidates, or -errno. */
int session_find_running(const char *word, struct running *ret, struct error *err);

/* The one recording in the directory: *ret is its path, which the caller frees. Errors as above. */
int session_find_recording(const char *dir, const char *word, char **ret, struct error *err);

#endif

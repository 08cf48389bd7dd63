/* SPDX-License-Identifier: ISC */
/*
 * config.json of the OCI runtime specification (1.0 and later 1.x). What would have to be reproduced and is not
 * understood is ANSWER_BAD_FILE or ANSWER_SECCOMP; only capabilities that are not known here are passed over, which
 * gives no more power.
 */
#ifndef CENTERCTL_OCI_BUNDLE_H
#define CENTERCTL_OCI_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/proto/answer.h"

/* scratch is for profile_compile(), and unused without ask->want_seccomp. 0, or -EBADMSG with why set. */
int bundle_parse(const char *text, size_t len, const struct ask_bundle *ask, int scratch, struct bundle *ret,
		 struct answer_error_info *why);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Who a command runs as: "USER[:GROUP]" looked up in the container's own passwd and group, by the rules of Docker and
 * runc, hardened:
 *
 * - Digits are never a name. A number is that uid or gid, 0 to 2^32-2, whatever a passwd line may call itself.
 * - The first line that fits counts. Lines without a name, a uid and a gid in range, or with a zero byte, are no lines.
 * - Without GROUP, the supplementary groups are those whose lines list the user's name; with GROUP there are none.
 *   The primary group is always among them. They come sorted, each once.
 * - A uid without a line has gid 0 and home "/".
 */
#ifndef CENTERCTL_OCI_ACCOUNT_H
#define CENTERCTL_OCI_ACCOUNT_H

#include <stddef.h>

#include "lib/proto/answer.h"

/* The content of a file; text is NULL when the container has none. */
struct account_file {
	const char *text;
	size_t len;
};

/*
 * With an empty ask->user the result is ask->own_*, as it is, with name, home and shell looked up. In each case
 * ask->group_add is added. Returns 0, or -EBADMSG with why set (ANSWER_BAD_USER, ANSWER_NO_USER, ANSWER_NO_GROUP).
 */
int account_find(const struct ask_user *ask, struct account_file passwd, struct account_file group, struct user *ret,
		 struct answer_error_info *why);

/*
 * What passwd calls each of these users, for names_encode(); empty where it has no line for one, or one that is longer
 * than any name. The caller frees it. 0, or -EBADMSG with why set.
 */
int account_names(struct account_file passwd, const uint32_t *uids, uint32_t count, char ***ret,
		  struct answer_error_info *why);

#endif

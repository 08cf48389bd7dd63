/* SPDX-License-Identifier: ISC */
/*
 * What centerctl-enter asks of centerctl-account, which looks a user ID of this host up through NSS: as nobody, so that
 * no module of NSS (LDAP, SSSD, ...) is ever loaded with privilege. One ask (u32 uid), one answer, over descriptor 3.
 */
#ifndef CENTERCTL_PROTO_ACCOUNT_H
#define CENTERCTL_PROTO_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"

enum { ACCOUNT_ASK = 1, ACCOUNT_ANSWER = 2, ACCOUNT_GROUPS_MAX = 65536, ACCOUNT_BYTES_MAX = 4 << 20 };

struct account {
	char *name; /* empty: the uid has no name */
	char *home, *shell;
	gid_t *gids;   /* the primary one first */
	char **groups; /* names of those that have one, in no order */
	uint32_t gid_count;
	int32_t utc_offset; /* of local time now, in seconds east */
};

void account_done(struct account *a);
#define cleanup_account __attribute__((cleanup(account_done)))
void account_encode(const struct account *a, struct buf *to);
/* 0 or -EBADMSG. */
int account_decode(const void *data, size_t len, struct account *ret);

#endif

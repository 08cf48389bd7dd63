/* SPDX-License-Identifier: ISC */
#include "account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "wire.h"

enum { WORD_MAX = 4096, DAY_SECONDS = 86400 };

void account_done(struct account *a)
{
	free(a->name);
	free(a->home);
	free(a->shell);
	free(a->gids);
	strv_free(a->groups);
	*a = (struct account){0};
}

void account_encode(const struct account *a, struct buf *to)
{
	wire_put_str(to, a->name);
	wire_put_str(to, a->home);
	wire_put_str(to, a->shell);
	wire_put_blob(to, a->gids, a->gid_count * sizeof(gid_t));
	wire_put_strv(to, a->groups);
	wire_put_i64(to, a->utc_offset);
}

int account_decode(const void *data, size_t len, struct account *ret)
{
	struct wire w = wire_start(data, len);
	size_t bytes;
	cleanup_account struct account a = {0};
	a.name = wire_str(&w, WORD_MAX);
	a.home = wire_str(&w, WORD_MAX);
	a.shell = wire_str(&w, WORD_MAX);
	a.gids = wire_blob(&w, ACCOUNT_GROUPS_MAX * sizeof(gid_t), &bytes);
	a.groups = wire_strv(&w, ACCOUNT_GROUPS_MAX, ACCOUNT_BYTES_MAX);
	int64_t offset = wire_i64(&w);
	if (wire_end(&w) < 0 || bytes % sizeof(gid_t) != 0 || offset <= -DAY_SECONDS || offset >= DAY_SECONDS)
		return -EBADMSG;
	a.gid_count = (uint32_t)(bytes / sizeof(gid_t));
	a.utc_offset = (int32_t)offset;
	*ret = a;
	a = (struct account){0};
	return 0;
}

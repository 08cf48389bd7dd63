/* SPDX-License-Identifier: ISC */
#include "field.h"

#include <linux/capability.h>
#include <string.h>

#include "lib/base/cleanup.h"

void field_put_ids(struct buf *b, const uint32_t *ids, uint32_t count)
{
	wire_put_blob(b, ids, (size_t)count * sizeof(*ids));
}

uint32_t *field_ids(struct wire *w, uint32_t *ret_count)
{
	size_t len;
	cleanup_free uint32_t *ids = wire_blob(w, FIELD_COUNT_MAX * sizeof(*ids), &len);
	uint32_t count = (uint32_t)(len / sizeof(*ids));
	*ret_count = 0;
	if (!ids || len % sizeof(*ids) != 0) {
		w->bad = true;
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (ids[i] > FIELD_ID_MAX) {
			w->bad = true;
			return NULL;
		}
	}
	*ret_count = count;
	return steal_ptr(ids);
}

int64_t field_range(struct wire *w, int64_t least, int64_t most)
{
	int64_t value = wire_i64(w);
	if (value >= least && value <= most)
		return value;
	w->bad = true;
	return least;
}

uint64_t field_capabilities(struct wire *w)
{
	uint64_t mask = wire_u64(w);
	if (mask >> (CAP_LAST_CAP + 1) == 0)
		return mask;
	w->bad = true;
	return 0;
}

void field_require(struct wire *w, bool condition)
{
	if (!condition)
		w->bad = true;
}

void field_require_pairs(struct wire *w, char *const *v)
{
	for (; v && *v; v++)
		field_require(w, **v != '=' && strchr(*v, '='));
}

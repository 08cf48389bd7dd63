/* SPDX-License-Identifier: ISC */
#include "detach.h"

#include <stdlib.h>
#include <string.h>

/* The longest beginning of the sequence that ends what was matched plus one more byte (Knuth, Morris, Pratt; short). */
static size_t fall_back(const struct detach *d, uint8_t next)
{
	uint8_t seen[17];
	memcpy(seen, d->keys, d->matched);
	seen[d->matched] = next;
	for (size_t keep = d->matched; keep > 0; keep--)
		if (memcmp(seen + d->matched + 1 - keep, d->keys, keep) == 0)
			return keep;
	return 0;
}

size_t detach_filter(struct detach *d, char *data, size_t len, size_t room)
{
	if (d->len == 0)
		return len;
	if (d->found || room < len + d->len)
		return d->found ? 0 : len;
	/* What is read lies behind a gap that is large enough for what was held back before. */
	memmove(data + d->len, data, len);
	const char *in = data + d->len;
	size_t out = 0;
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)in[i];
		if (byte == d->keys[d->matched]) {
			if (++d->matched == d->len) {
				d->found = true;
				return out;
			}
			continue;
		}
		size_t held = d->matched, keep = fall_back(d, byte);
		/* held + 1 bytes are known now; the last `keep` of them stay back. */
		size_t go = held + 1 - keep;
		size_t from_held = go < held ? go : held;
		memmove(data + out, d->keys, from_held);
		out += from_held;
		if (go > held)
			data[out++] = (char)byte;
		d->matched = keep;
	}
	return out;
}

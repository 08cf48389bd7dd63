/* SPDX-License-Identifier: ISC */
/*
 * What a recorded program wrote, made harmless. Wherever it is cut, the same is left of it; what is left is left as it
 * is when it is filtered again; and no string, query or 8-bit control is in it.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/audit/screen.h"
#include "lib/base/text.h"

static void check_harmless(const struct buf *b)
{
	for (size_t i = 0; i < b->len;) {
		uint32_t code;
		size_t n = utf8_sequence((const unsigned char *)b->data + i, b->len - i, &code);
		MUST(n > 0 && !(code >= 0x7f && code < 0xa0) && code != 5);
		i += n;
	}
	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] != 0x1b)
			continue;
		MUST(i + 1 < b->len && !strchr("PX]^_Z", b->data[i + 1]));
		if (b->data[i + 1] != '[')
			continue;
		size_t end = i + 2;
		while (end < b->len && b->data[end] < 0x40)
			end++;
		MUST(end < b->len && !strchr("cntxyiw", b->data[end]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	struct screen whole = {0}, pieces = {0}, again = {0};
	cleanup_buf struct buf a = {0}, b = {0}, c = {0};
	screen_filter(&whole, (const char *)data, len, &a);
	size_t step = data[0] % 7 + 1;
	for (size_t at = 0; at < len; at += step)
		screen_filter(&pieces, (const char *)data + at, len - at < step ? len - at : step, &b);
	MUST(a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0));
	check_harmless(&a);
	screen_filter(&again, a.data, a.len, &c);
	MUST(a.len == c.len && (a.len == 0 || memcmp(a.data, c.data, a.len) == 0));
	return 0;
}

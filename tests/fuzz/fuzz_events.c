/* SPDX-License-Identifier: ISC */
/* An engine's events, whole and in pieces: both must come to the same. */
#include "fuzz.h"

#include "lib/engine/events.h"

static int run(const char *data, size_t len, size_t step)
{
	cleanup_events struct events e = {.id = "", .since_ns = 7};
	struct answer_error_info why = {0};
	int r = 0;
	for (size_t at = 0; r == 0 && at < len; at += step)
		r = events_feed(&e, data + at, step < len - at ? step : len - at, &why);
	MUST(r >= 0 || *why.text);
	MUST(e.object.len <= EVENT_MAX + 1);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int whole = run((const char *)data, len, len ? len : 1);
	MUST(run((const char *)data, len, 1) == whole);
	MUST(run((const char *)data, len, 7) == whole);
	return 0;
}

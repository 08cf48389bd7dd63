/* SPDX-License-Identifier: ISC */
/*
 * A container's output as an engine sends it. The first byte says how it is read; then it comes once whole, and once in
 * pieces: both must write the same, and never more than there was.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/base/buf.h"
#include "lib/engine/logs.h"

struct told {
	struct buf text[LOGS_STREAMS];
};

static int write_told(void *arg, enum logs_stream stream, const char *data, size_t len)
{
	struct told *t = arg;
	MUST(len > 0 && stream < LOGS_STREAMS);
	buf_add(&t->text[stream], data, len);
	return 0;
}

static struct logs run(uint8_t how, const uint8_t *data, size_t len, size_t step, struct told *t)
{
	struct logs l = {
		.tty = how & 1,
		.timestamps = how & 2,
		.strip = (how & 6) == 6,
		.skip = how & 2 ? how >> 5 : 0,
		.skip_ns = 1000000000,
		.write = write_told,
		.arg = t,
	};
	for (size_t at = 0; at < len; at += step)
		if (logs_feed(&l, data + at, step < len - at ? step : len - at) != 0)
			break;
	MUST(logs_end(&l) == 0);
	return l;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	struct told whole = {0}, pieces = {0};
	struct logs a = run(data[0], data + 1, len - 1, len, &whole);
	struct logs b = run(data[0], data + 1, len - 1, 1 + (data[0] >> 3 & 3), &pieces);
	MUST(a.last_ns == b.last_ns && a.last_count == b.last_count && a.bad == b.bad);
	MUST(logs_is_whole(&a) == logs_is_whole(&b) && a.last_ns >= 0);
	MUST(whole.text[0].len + whole.text[1].len < len);
	for (int i = 0; i < LOGS_STREAMS; i++) {
		MUST(whole.text[i].len == pieces.text[i].len);
		MUST(!whole.text[i].len || memcmp(whole.text[i].data, pieces.text[i].data, whole.text[i].len) == 0);
		buf_done(&whole.text[i]);
		buf_done(&pieces.text[i]);
	}
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The messages that centerctl-enter and centerctl-resolve decode, behind one byte that says which. There is one way to
 * write each: what is accepted must be the same bytes when it is encoded again.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/proto/answer.h"
#include "lib/proto/request.h"

static const uint8_t *input;
static size_t input_len;

static void check_same(const struct buf *b)
{
	MUST(!b->failed && b->len == input_len && memcmp(b->data, input, input_len) == 0);
}

#define TRY(type, prefix)                                          \
	static void try_##prefix(void)                             \
	{                                                          \
		struct type value = {0};                           \
		cleanup_buf struct buf b = {0};                    \
		if (prefix##_decode(input, input_len, &value) < 0) \
			return;                                    \
		prefix##_encode(&value, &b);                       \
		check_same(&b);                                    \
		prefix##_done(&value);                             \
	}

TRY(container, container)
TRY(container_list, container_list)
TRY(bundle, bundle)
TRY(user, user)
TRY(ask_http, ask_http)
TRY(ask_user, ask_user)
TRY(ask_logs, ask_logs)
TRY(ask_events, ask_events)
TRY(request, request)

static void try_error(void)
{
	struct answer_error_info e;
	cleanup_buf struct buf b = {0};
	if (answer_error_decode(input, input_len, &e) < 0)
		return;
	answer_error_encode(&e, &b);
	check_same(&b);
}

static void try_small(void)
{
	struct ask_bundle a;
	uint64_t bounding;
	uint32_t extra;
	cleanup_strv char **layers = NULL;
	cleanup_buf struct buf b = {0}, c = {0}, d = {0};
	if (ask_bundle_decode(input, input_len, &a) == 0) {
		ask_bundle_encode(&a, &b);
		check_same(&b);
	}
	if (ask_profile_decode(input, input_len, &bounding, &extra) == 0) {
		ask_profile_encode(bounding, extra, &c);
		check_same(&c);
	}
	if (layers_decode(input, input_len, &layers) == 0) {
		layers_encode(layers, &d);
		check_same(&d);
	}
}

static void try_names(void)
{
	uint32_t count = 0;
	cleanup_free uint32_t *uids = NULL;
	cleanup_strv char **names = NULL;
	cleanup_buf struct buf b = {0}, c = {0}, d = {0};
	struct logs_end end;
	if (ask_names_decode(input, input_len, &uids, &count) == 0) {
		ask_names_encode(uids, count, &b);
		check_same(&b);
	}
	if (names_decode(input, input_len, 3, &names) == 0) {
		MUST(strv_len(names) == 3);
		names_encode(names, &c);
		check_same(&c);
	}
	if (logs_end_decode(input, input_len, &end) == 0) {
		logs_end_encode(&end, &d);
		check_same(&d);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void (*const tries[])(void) = {try_container, try_container_list, try_bundle,	 try_user,
					      try_ask_http,  try_ask_user,	 try_request,	 try_error,
					      try_small,     try_ask_logs,	 try_ask_events, try_names};
	if (len == 0)
		return 0;
	input = data + 1;
	input_len = len - 1;
	tries[data[0] % (sizeof(tries) / sizeof(tries[0]))]();
	return 0;
}

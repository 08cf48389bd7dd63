/* SPDX-License-Identifier: ISC */
/* The engine's answers: whatever is accepted must pass centerctl-enter's own decoder. */
#include "fuzz.h"

#include "lib/engine/inspect.h"
#include "lib/engine/list.h"

static void try_inspect(const char *body, size_t len)
{
	cleanup_container struct container c = {0}, back = {0};
	cleanup_buf struct buf b = {0};
	struct answer_error_info why = {0};
	/* The empty word is the beginning of every ID. */
	if (inspect_parse(body, len, "", &c, &why) < 0) {
		MUST(*why.text);
		return;
	}
	container_encode(&c, &b);
	MUST(b.len > ANSWER_BYTES_MAX || container_decode(b.data, b.len, &back) == 0);
}

static void try_list(const char *body, size_t len)
{
	cleanup_container_list struct container_list l = {0}, back = {0};
	cleanup_buf struct buf b = {0};
	struct answer_error_info why = {0};
	if (list_parse(body, len, &l, &why) < 0)
		return;
	container_list_encode(&l, &b);
	MUST(container_list_decode(b.data, b.len, &back) == 0);
}

static void try_refusal(const char *body, size_t len)
{
	cleanup_buf struct buf b = {0};
	struct answer_error_info why = {0}, back;
	refusal_parse(body, len, 500, "web", &why);
	answer_error_encode(&why, &b);
	MUST(answer_error_decode(b.data, b.len, &back) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > ENGINE_BODY_MAX)
		return 0;
	try_inspect((const char *)data, len);
	try_list((const char *)data, len);
	try_refusal((const char *)data, len);
	return 0;
}

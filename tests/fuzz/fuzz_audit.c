/* SPDX-License-Identifier: ISC */
/*
 * What a caller chooses, in an audit record: the first part of the input, up to the first NUL, is a target, the others
 * are the words of a command. Whatever the bytes: the record is one line of printable UTF-8, cJSON takes it, and the
 * bytes come back. Then the input itself as a line of a log.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/audit/event.h"
#include "lib/audit/log_read.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { WORDS_MAX = 64 };

/* No control byte, nothing that is not UTF-8, no C1. */
static void check_line(const struct buf *b)
{
	for (size_t i = 0; i < b->len;) {
		uint32_t code;
		size_t n = utf8_sequence((const unsigned char *)b->data + i, b->len - i, &code);
		MUST(n > 0 && code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code != 0x2028 && code != 0x2029);
		i += n;
	}
}

static void check_plain_cjson(const char *line)
{
	cJSON *o = cJSON_ParseWithOpts(line, NULL, true);
	MUST(o && cJSON_IsObject(o));
	cJSON_Delete(o);
}

static void check_round_trip(const struct audit_event *e)
{
	cleanup_buf struct buf b = {0};
	struct error err = ERROR_INIT;
	audit_event_write(e, &b);
	buf_printf(&b, ",\"seq\":1,\"prev\":\"%064d\"}", 0);
	MUST(!b.failed && b.len < AUDIT_LINE_MAX);
	check_line(&b);
	check_plain_cjson(buf_text(&b));
	cleanup_record struct audit_record r = {0};
	MUST(audit_record_parse(b.data, b.len, &r, &err) == 0);
	MUST(r.known && r.e.kind == e->kind && r.argc == strv_len(e->argv));
	if (cJSON_HasObjectItem(r.json, "cut"))
		return;
	MUST((!*e->target && !r.e.target) || strcmp(e->target, r.e.target) == 0);
	MUST(strv_len(r.e.argv) == r.argc);
	for (size_t i = 0; i < r.argc; i++)
		MUST(strcmp(r.e.argv[i], e->argv[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	cleanup_free char *text = malloc(len + 1);
	MUST(text);
	memcpy(text, data, len);
	text[len] = '\0';
	char *argv[WORDS_MAX + 1] = {NULL};
	size_t words = 0, at = strlen(text) + 1;
	for (; at <= len && words < WORDS_MAX; at += strlen(text + at) + 1)
		argv[words++] = text + at;
	struct audit_event e = {
		.kind = AUDIT_START, .target = text, .argv = argv, .key = text, .gate = len & 1, .reason = text};
	check_round_trip(&e);
	cleanup_record struct audit_record r = {0};
	(void)audit_record_parse(text, len, &r, NULL);
	return 0;
}

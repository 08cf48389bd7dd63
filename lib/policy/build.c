/* SPDX-License-Identifier: ISC */
#include "build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void build_init(struct build *b)
{
	static const struct policy_extra none;
	*b = (struct build){.head = {.version = POLICY_BLOCK_VERSION, .layout = BLOCK_LAYOUT}};
	memcpy(b->head.magic, BLOCK_MAGIC, sizeof(b->head.magic));
	buf_add(&b->extras, &none, sizeof(none));
	buf_add(&b->text, "", 1);
	build_list(b);
}

void build_done(struct build *b)
{
	struct buf *const all[] = {&b->extras, &b->rules, &b->heads, &b->words, &b->text, &b->list, &b->gates};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_done(all[i]);
}

/* Offsets are 32 bits. Called before each addition, none of which is longer than a line. */
static bool has_room(struct build *b, const struct buf *section)
{
	if (section->len > POLICY_BLOCK_MAX)
		b->too_big = true;
	return !b->too_big;
}

uint32_t build_text(struct build *b, const char *text)
{
	if (!*text || !has_room(b, &b->text))
		return 0;
	uint32_t at = (uint32_t)b->text.len;
	buf_add(&b->text, text, strlen(text) + 1);
	return at;
}

void build_item(struct build *b, const void *item, size_t size)
{
	buf_add(&b->list, item, size);
}

void build_item_text(struct build *b, const char *text)
{
	uint32_t at = build_text(b, text);
	build_item(b, &at, sizeof(at));
}

uint32_t build_list(struct build *b)
{
	uint32_t count = (uint32_t)(b->list.len / sizeof(uint32_t)), at = (uint32_t)(b->words.len / sizeof(uint32_t));
	if ((count == 0 && at > 0) || !has_room(b, &b->words))
		return 0;
	buf_add(&b->words, &count, sizeof(count));
	buf_add(&b->words, b->list.data, b->list.len);
	b->list.len = 0;
	return at;
}

void build_rule(struct build *b, const struct policy_rule *rule, const struct policy_extra *extra,
		const struct policy_head *head)
{
	static const struct policy_extra none;
	struct policy_rule r = *rule;
	r.extra = 0;
	if (!has_room(b, &b->rules) || !has_room(b, &b->extras))
		return;
	if (memcmp(extra, &none, sizeof(none)) != 0) {
		r.extra = (uint32_t)(b->extras.len / sizeof(*extra));
		buf_add(&b->extras, extra, sizeof(*extra));
	}
	buf_add(&b->rules, &r, sizeof(r));
	buf_add(&b->heads, head, sizeof(*head));
}

int build_finish(struct build *b, struct policy **ret)
{
	buf_add(&b->list, b->gates.data, b->gates.len);
	b->head.gates = build_list(b);
	b->head.extra_count = (uint32_t)(b->extras.len / sizeof(struct policy_extra));
	b->head.rule_count = (uint32_t)(b->rules.len / sizeof(struct policy_rule));
	b->head.word_count = (uint32_t)(b->words.len / sizeof(uint32_t));
	b->head.text_len = (uint32_t)b->text.len;
	const struct buf *const sections[] = {&b->extras, &b->rules, &b->heads, &b->words, &b->text};
	size_t size = sizeof(b->head);
	bool failed = b->list.failed || b->gates.failed;
	for (size_t i = 0; i < 5; i++) {
		size += sections[i]->len;
		failed |= sections[i]->failed;
	}
	b->head.text_at = (uint32_t)(size - b->text.len);
	b->head.words_at = (uint32_t)(b->head.text_at - b->words.len);
	if (failed)
		return -ENOMEM;
	if (b->too_big || size > POLICY_BLOCK_MAX)
		return -EFBIG;
	char *block = malloc(size);
	if (!block)
		return -ENOMEM;
	b->head.size = (uint32_t)size;
	char *to = mempcpy(block, &b->head, sizeof(b->head));
	for (size_t i = 0; i < 5; i++)
		to = sections[i]->len ? mempcpy(to, sections[i]->data, sections[i]->len) : to;
	*ret = (struct policy *)(void *)block;
	return 0;
}

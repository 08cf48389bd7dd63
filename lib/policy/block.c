/* SPDX-License-Identifier: ISC */
#include "block.h"

#include <string.h>

#include "build.h"

_Static_assert(sizeof(struct policy) % 8 == 0, "extras have 64-bit numbers");
_Static_assert(sizeof(struct policy_extra) % 8 == 0 && sizeof(struct policy_rule) == 32, "no padding");

const uint32_t BLOCK_LAYOUT = sizeof(struct policy) | sizeof(struct policy_extra) << 8 |
			      sizeof(struct policy_rule) << 16 | sizeof(struct policy_net) << 24;
const char BLOCK_MAGIC[8] = {'c', 't', 'l', 'p', 'o', 'l', '\n', 0};

const struct policy_extra *block_extras(const struct policy *p)
{
	return (const struct policy_extra *)(p + 1);
}

const struct policy_rule *block_rules(const struct policy *p)
{
	return (const struct policy_rule *)(block_extras(p) + p->extra_count);
}

const struct policy_head *block_heads(const struct policy *p)
{
	return (const struct policy_head *)(block_rules(p) + p->rule_count);
}

/* 64 bits: none of the counts can make it overflow. */
static uint64_t words_offset(const struct policy *p)
{
	return sizeof(*p) + (uint64_t)p->extra_count * sizeof(struct policy_extra) +
	       (uint64_t)p->rule_count * (sizeof(struct policy_rule) + sizeof(struct policy_head));
}

size_t policy_size(const struct policy *p)
{
	return p->size;
}

const struct policy *policy_attach(const void *data, size_t len)
{
	const struct policy *p = data;
	if (len < sizeof(*p) || (uintptr_t)data % 8 != 0)
		return NULL;
	if (memcmp(p->magic, BLOCK_MAGIC, sizeof(p->magic)) != 0 || p->version != POLICY_BLOCK_VERSION ||
	    p->layout != BLOCK_LAYOUT)
		return NULL;
	if (p->size != len || p->extra_count == 0 || p->word_count == 0 || p->text_len == 0 ||
	    words_offset(p) != p->words_at || (uint64_t)p->words_at + (uint64_t)p->word_count * 4 != p->text_at ||
	    (uint64_t)p->text_at + p->text_len != len)
		return NULL;
	/* Every text ends in the section of texts, then. */
	return ((const char *)data)[len - 1] == '\0' ? p : NULL;
}

const char *block_text(const struct policy *p, uint32_t at)
{
	return at < p->text_len ? (const char *)p + p->text_at + at : "";
}

struct block_list block_list(const struct policy *p, uint32_t at)
{
	if (at >= p->word_count)
		return (struct block_list){0};
	const uint32_t *list = (const uint32_t *)(const void *)((const char *)p + p->words_at) + at;
	uint32_t room = p->word_count - at - 1;
	return (struct block_list){list + 1, *list <= room ? *list : 0};
}

bool block_next(struct block_list *l, void *ret, size_t size)
{
	uint32_t n = (uint32_t)(size / sizeof(uint32_t));
	if (l->left < n)
		return false;
	memcpy(ret, l->at, size);
	l->at += n;
	l->left -= n;
	return true;
}

const char *block_next_text(const struct policy *p, struct block_list *l)
{
	uint32_t at;
	return block_next(l, &at, sizeof(at)) ? block_text(p, at) : NULL;
}

const char *block_next_run(const struct policy *p, struct block_list *l, struct block_list *ret_words)
{
	uint32_t head[2];
	if (!block_next(l, head, sizeof(head)) || head[1] > l->left)
		return NULL;
	*ret_words = (struct block_list){l->at, head[1]};
	l->at += head[1];
	l->left -= head[1];
	return block_text(p, head[0]);
}

const struct policy_extra *block_extra(const struct policy *p, const struct policy_rule *r)
{
	return block_extras(p) + (r->extra < p->extra_count ? r->extra : 0);
}

const char *policy_engine(const struct policy *p)
{
	return p->engine ? block_text(p, p->engine) : NULL;
}

const char *policy_record_dir(const struct policy *p)
{
	return p->record_dir ? block_text(p, p->record_dir) : NULL;
}

const char *policy_audit_file(const struct policy *p)
{
	return p->audit_file ? block_text(p, p->audit_file) : NULL;
}

bool policy_is_gate(const struct policy *p, const char *account)
{
	struct block_list gates = block_list(p, p->gates);
	for (const char *name; (name = block_next_text(p, &gates));)
		if (strcmp(name, account) == 0)
			return true;
	return false;
}

/* SPDX-License-Identifier: ISC */
/* What is compared before a rule is looked at (struct policy_head). Equal things have equal hashes, never 0. */
#ifndef CENTERCTL_POLICY_HASH_H
#define CENTERCTL_POLICY_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* FNV-1a; *h is HASH_START, then goes on. */
enum { HASH_START = 0x811c9dc5u };
static inline uint32_t hash_add(uint32_t h, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 0x01000193u;
	return h;
}

static inline uint32_t hash_end(uint32_t h)
{
	h ^= h >> 15;
	return h ? h : 1;
}

static inline uint32_t hash_text(uint32_t kind, const char *text)
{
	return hash_end(hash_add(HASH_START + kind, text, strlen(text)));
}

static inline uint32_t hash_number(uint32_t kind, uint32_t number)
{
	return hash_end(hash_add(HASH_START + kind, (const char *)&number, sizeof(number)));
}

/* PROJECT/SERVICE. */
static inline uint32_t hash_pair(uint32_t kind, const char *a, const char *b)
{
	return hash_end(hash_add(hash_add(hash_add(HASH_START + kind, a, strlen(a)), "/", 1), b, strlen(b)));
}

#endif

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

/*
 * Targets are hashed by their texts: name, ID, KEY=VALUE, image, PROJECT/SERVICE. A rule that names one text has the
 * hash of the whole of it; a pattern has that of what it begins with until the first * ? or \, but no more than so many
 * bytes. A target has all that could fit it: one hash for each length, and that of the whole.
 */
enum { HASH_BEGIN_MAX = 24 };

/* h is that of the first len bytes; len 0: of all there are. */
static inline uint32_t hash_end_at(uint32_t h, size_t len)
{
	return hash_end(h ^ (uint32_t)len * 0x9e3779b1u);
}

static inline uint32_t hash_whole(uint32_t kind, const char *text)
{
	return hash_end_at(hash_add(HASH_START + kind, text, strlen(text)), 0);
}

/* 0 if it could begin with anything. */
static inline uint32_t hash_begin(uint32_t kind, const char *pattern)
{
	size_t len = strcspn(pattern, "*?\\");
	if (len > HASH_BEGIN_MAX)
		len = HASH_BEGIN_MAX;
	return len ? hash_end_at(hash_add(HASH_START + kind, pattern, len), len) : 0;
}

#endif

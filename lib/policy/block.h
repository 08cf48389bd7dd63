/* SPDX-License-Identifier: ISC */
/*
 * What a policy is made of: one block of
 *
 *	struct policy | extras | rules | heads | words | text
 *
 * without pointers. Texts are offsets in `text`, 0 being the empty one; lists are offsets in `words`, where a list is
 * the number of its words, and then these; 0 is the empty list. Both are checked when they are followed, so that a
 * block that was cut or damaged can decide wrongly (the file is root's own) but not make us read outside of it.
 *
 * The heads are what a decision really reads of most rules: one hash of the subject and one of the target, where a rule
 * has one of each; of a pattern it is the hash of what it begins with. The rules themselves are looked at only if both
 * could fit (hash.h).
 */
#ifndef CENTERCTL_POLICY_BLOCK_H
#define CENTERCTL_POLICY_BLOCK_H

#include "policy.h"

enum { POLICY_BLOCK_MAX = 1 << 30, POLICY_BLOCK_VERSION = 4 };

enum policy_bit { POLICY_TRUST_LABELS = 1 << 0 };

struct policy {
	_Alignas(8) char magic[8];
	uint32_t version, layout; /* layout: what a compiler could do differently */
	uint32_t size;
	uint32_t extra_count, rule_count, word_count, text_len;
	uint32_t words_at, text_at;		 /* where these sections begin; the counts say the same */
	uint32_t engine, record_dir, audit_file; /* texts */
	uint32_t gates;				 /* list of texts */
	uint32_t bits;				 /* POLICY_TRUST_LABELS */
};

/* What only some rules have. Number 0 is all zero. */
struct policy_extra {
	int64_t after, until; /* in seconds of local time; 0: none; until is the first second that is too late */
	int64_t timeout_ms, idle_ms;
	uint64_t cap_add;
	uint32_t sessions, ns;
	uint32_t from, hours; /* lists of struct policy_net, struct policy_hours */
	uint32_t env;	      /* list of patterns */
	uint32_t with;	      /* list of texts, as in the file */
	uint32_t toolboxes;   /* list of names */
	uint32_t ports;	      /* list of struct policy_ports */
	uint64_t signals;     /* bit N-1 is signal N; 0: any */
};

struct policy_rule {
	uint16_t verbs; /* POLICY_EXEC | ...; all of them in a deny rule without `for` */
	uint8_t allow;
	uint8_t flags; /* POLICY_RECORD | ... */
	uint32_t line, file;
	uint32_t subjects, targets; /* lists of struct policy_subject_item, struct policy_target_item */
	uint32_t users;		    /* list of texts */
	uint32_t runs;		    /* list: per pattern its text, the number of its words, and these */
	uint32_t extra;		    /* number of its extra */
};

struct policy_head {
	uint32_t subject, target; /* 0: the rule must be looked at */
};

enum subject_kind {
	SUBJECT_ANY = 0,
	SUBJECT_USER,
	SUBJECT_UID,
	SUBJECT_GROUP,
	SUBJECT_GID,
	SUBJECT_KEY,
	SUBJECT_FINGERPRINT,
	SUBJECT_PRINCIPAL
};
struct policy_subject_item {
	uint32_t kind, value; /* a text, or the number itself */
};

enum target_kind { TARGET_NAME = 0, TARGET_ID, TARGET_LABEL, TARGET_IMAGE, TARGET_COMPOSE };
struct policy_target_item {
	uint32_t kind, a, b; /* name, ID prefix, key and value, image, project and service */
};

struct policy_net {
	uint32_t address[4]; /* network byte order, IPv4 as ::ffff:a.b.c.d */
	uint32_t bits;	     /* 0 to 128 */
};

struct policy_ports {
	uint32_t host; /* a text: empty is the container itself, "*" any */
	uint32_t low, high;
};

struct policy_hours {
	uint32_t days;	     /* bit 0 is Monday */
	uint32_t begin, end; /* minutes after midnight; end <= begin is on the next day */
};

/* A list while it is read. */
struct block_list {
	const uint32_t *at;
	uint32_t left;
};

const struct policy_extra *block_extras(const struct policy *p);
const struct policy_rule *block_rules(const struct policy *p);
const struct policy_head *block_heads(const struct policy *p);

const char *block_text(const struct policy *p, uint32_t at);
struct block_list block_list(const struct policy *p, uint32_t at);
/* Copies the next item of so many bytes to *ret; false at the end. */
bool block_next(struct block_list *l, void *ret, size_t size);
/* The next item of a list of texts, or NULL. */
const char *block_next_text(const struct policy *p, struct block_list *l);
/* The next pattern of `runs`: its text, and its words as a list; NULL at the end. */
const char *block_next_run(const struct policy *p, struct block_list *l, struct block_list *ret_words);

const struct policy_extra *block_extra(const struct policy *p, const struct policy_rule *r);

#endif

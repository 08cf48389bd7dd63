/* SPDX-License-Identifier: ISC */
/* What is wrong with the lines of an authorized_keys file for gate accounts. */
#ifndef CENTERCTL_GATE_REGISTRY_CHECK_H
#define CENTERCTL_GATE_REGISTRY_CHECK_H

#include <stddef.h>

#include "registry.h"

enum { RSA_BITS_MIN = 2048 };

/* Called for each finding; line is its number, from 1. The text is a sentence without a final dot. */
typedef void registry_finding(void *arg, size_t line, const char *text);

/* Returns how many findings there were, or -ENOMEM. */
long registry_check(const struct registry *r, registry_finding *tell, void *arg);

/* Why a key should not be let in at all, or NULL. */
const char *key_weakness(const struct key *k);

#endif

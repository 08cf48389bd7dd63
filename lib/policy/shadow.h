/* SPDX-License-Identifier: ISC */
/* Rules that come too late. */
#ifndef CENTERCTL_POLICY_SHADOW_H
#define CENTERCTL_POLICY_SHADOW_H

#include "block.h"

/* The first rule before number i that matches whatever it matches, as far as that can be told by their texts; or NULL.
 */
const struct policy_rule *shadow_find(const struct policy *p, uint32_t i);

#endif

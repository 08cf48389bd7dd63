/* SPDX-License-Identifier: ISC */
/* Programs through which any other can be run. */
#ifndef CENTERCTL_POLICY_SHELLS_H
#define CENTERCTL_POLICY_SHELLS_H

#include "block.h"

/* Why a `run` pattern (its words) does not confine anybody, or NULL. What is not listed here may be one, too. */
const char *shells_in_pattern(const struct policy *p, struct block_list words);

#endif

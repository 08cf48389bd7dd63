/* SPDX-License-Identifier: ISC */
/* Why the policy decides as it does, in words. Not linked by centerctl-enter. */
#ifndef CENTERCTL_POLICY_EXPLAIN_H
#define CENTERCTL_POLICY_EXPLAIN_H

#include "policy.h"

/*
 * Decides as policy_decide() does, and appends lines to *to: for each rule before the deciding one, FILE:LINE and the
 * first reason why it did not match; then the deciding one, the user, and what the rule obliges to and permits. Texts
 * of the policy and of the question are in it as they are.
 */
void policy_explain(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
		    const struct policy_ask *a, struct policy_decision *ret, struct buf *to);

size_t policy_rule_count(const struct policy *p);

#endif

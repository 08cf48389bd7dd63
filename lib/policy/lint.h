/* SPDX-License-Identifier: ISC */
/* What is allowed by the grammar, and probably not meant. Not linked by centerctl-enter. */
#ifndef CENTERCTL_POLICY_LINT_H
#define CENTERCTL_POLICY_LINT_H

#include "policy.h"

/* Called for each finding, in the order of the rules. The text is a sentence without a final dot. */
typedef void policy_finding(void *arg, const char *file, unsigned line, const char *text);

/* Time is up to the square of the number of rules: 100 000 of them take seconds, or minutes if all are for the same. */
void policy_lint(const struct policy *p, int64_t now, int32_t utc_offset, policy_finding *tell, void *arg);

/* Calls f for each name of `key:`, in the order of the rules, with their place. */
void policy_each_key(const struct policy *p, void (*f)(void *arg, const char *file, unsigned line, const char *name),
		     void *arg);
/* Whether there is a rule, of either kind, with this subject among its own. */
bool policy_has_subject(const struct policy *p, const struct policy_subject *s);
/* Calls f for each name of `group:`. */
void policy_each_group(const struct policy *p, void (*f)(void *arg, const char *file, unsigned line, const char *name),
		       void *arg);
/* Calls f for each account that is named by `gate` (without file and line), then for each of `user:`. */
void policy_each_account(const struct policy *p,
			 void (*f)(void *arg, const char *file, unsigned line, const char *name), void *arg);

#endif

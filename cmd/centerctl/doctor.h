/* SPDX-License-Identifier: ISC */
/* What `centerctl doctor` looks at. Nothing here changes anything. */
#ifndef CENTERCTL_DOCTOR_H
#define CENTERCTL_DOCTOR_H

#include "lib/base/error.h"
#include "lib/gate/finding.h"
#include "lib/gate/sshd_config.h"
#include "lib/policy/policy.h"

struct doctor {
	struct findings findings;
	const char *sshd_config_file; /* --sshd-config; NULL: sshd's own */
	char **accounts;	      /* to be looked at */
	char **gates;		      /* those whose shell is the gate, and those that the policy names as one */
	struct policy *policy;	      /* NULL: there is none, or it has errors */
};

/* The installed programs, the policy and the registry. */
void doctor_look_at_installation(struct doctor *d);

/* For the finding that was added last: puts the gate's path into the forced command in this line. */
void doctor_mend_program(struct doctor *d, const char *file, size_t line);

/* Fills d->gates; and d->accounts with the same, unless some were named. */
int doctor_find_accounts(struct doctor *d, struct error *err);

/* Whether there is such a gate account at all, and it is not root; else that is its one finding. */
bool doctor_is_gate(struct doctor *d, const char *name);

/* The account itself: shell, home, groups, password, cron. */
void doctor_look_at_account(struct doctor *d, const char *name, const struct sshd_config *config);

/* sshd's configuration for this account, read by sshd; then what is wrong with it. -errno if sshd does not say. */
int doctor_ask_sshd(struct doctor *d, const char *name, struct sshd_config *ret);
void doctor_look_at_sshd(struct doctor *d, const char *name, const struct sshd_config *config);

#endif

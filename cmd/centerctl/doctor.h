/* SPDX-License-Identifier: ISC */
/*
 * What `centerctl doctor` looks at: one file per subject, with a list of its checks. None of them changes anything,
 * waits for long, believes a file that others than root can write to, or runs a program that is not named by its whole
 * path.
 */
#ifndef CENTERCTL_DOCTOR_H
#define CENTERCTL_DOCTOR_H

#include "lib/base/error.h"
#include "lib/doctor/finding.h"
#include "lib/doctor/ping.h"
#include "lib/doctor/sshd_config.h"
#include "lib/policy/policy.h"

/* An engine that somebody may ask. */
struct doctor_engine {
	char *path; /* of its socket */
	bool named; /* by --engine or by the policy: it should be there */
	bool there; /* there is such a socket */
	bool answers;
	struct ping ping; /* if it answers */
};

struct doctor {
	struct findings findings;
	const char *sshd_config_file; /* --sshd-config; NULL: sshd's own */
	const char *engine;	      /* --engine; NULL: those that are there */
	char **groups;		      /* --only; NULL: all */
	bool root;		      /* we are */
	char **accounts;	      /* to be looked at */
	char **gates;		      /* those whose shell is the gate, and those that the policy names as one */
	struct policy *policy;	      /* NULL: there is none, or it has errors */
	struct doctor_engine *engines;
	size_t engine_count;
	struct doctor_daemon *daemons; /* doctor_daemon.h */
	size_t daemon_count;
};

struct doctor_check {
	const char *what; /* for others than root, who may not make it: "the audit log's chain" */
	bool root;	  /* only root can tell */
	void (*look)(struct doctor *d);
};

/* The checks of a subject, up to one without a function. */
extern const struct doctor_check doctor_host_checks[], doctor_program_checks[], doctor_policy_checks[],
	doctor_key_checks[], doctor_audit_checks[], doctor_gate_checks[], doctor_engine_checks[],
	doctor_container_checks[], doctor_tool_checks[];

/* Reads the policy: what it says is looked at later, and needed by most. */
void doctor_read_policy(struct doctor *d);

/* For the finding that was added last: puts the gate's path into the forced command in this line. */
void doctor_fix_program(struct doctor *d, const char *file, size_t line);

/* Fills d->gates; and d->accounts with the same, unless some were named. */
int doctor_find_accounts(struct doctor *d, struct error *err);

/* Fills d->engines and d->daemons. */
void doctor_find_engines(struct doctor *d);
void doctor_forget_engines(struct doctor *d);

/* Whether there is such a gate account at all, and it is not root; else that is its one finding. */
bool doctor_is_gate(struct doctor *d, const char *name);

/* The account itself: shell, home, groups, password, cron. */
void doctor_look_at_account(struct doctor *d, const char *name, const struct sshd_config *config);

/* sshd's configuration for this account, read by sshd; then what is wrong with it. -errno if sshd does not say. */
int doctor_ask_sshd(struct doctor *d, const char *name, struct sshd_config *ret);
void doctor_look_at_sshd(struct doctor *d, const char *name, const struct sshd_config *config);

/* The lines of an authorized_keys file that sshd takes for gate accounts. */
void doctor_look_at_keys(struct doctor *d, const char *path);

/* Who is in the group, by its own line and by being their first one, "alice, bob"; NULL: nobody but root. Freed by the
 * caller. */
char *doctor_members(gid_t gid);

/* All of it, for people or as JSON, down to this severity. */
void doctor_put_text(const struct doctor *d, enum severity least, bool colour, struct buf *to);
void doctor_put_json(const struct doctor *d, enum severity least, struct buf *to);

#endif

/* SPDX-License-Identifier: ISC */
/* What rights are called, in the order of their bits: the one table that parses, prints and lists them. */
#ifndef CENTERCTL_POLICY_VERBS_H
#define CENTERCTL_POLICY_VERBS_H

enum { POLICY_VERB_COUNT = 15 };

/* In the header, so that who only prints a listing need not link the policy. NULL-terminated. */
static const char *const policy_verb_names[POLICY_VERB_COUNT + 1] = {
	"exec",	  "shell", "logs",   "debug",	"show", "top",	"stats", "wait",
	"signal", "cp",	   "backup", "restore", "sftp", "dial", "diff",
};

#endif

/* SPDX-License-Identifier: ISC */
/* What sshd would let a gate account do, from the words of `sshd -T -C user=ACCOUNT,...`. */
#ifndef CENTERCTL_GATE_SSHD_CONFIG_H
#define CENTERCTL_GATE_SSHD_CONFIG_H

#include "finding.h"

struct sshd_config {
	char **lines; /* "keyword value", keywords in lower case, as sshd prints them */
};

void sshd_config_done(struct sshd_config *c);
#define cleanup_sshd_config __attribute__((cleanup(sshd_config_done)))

/* 0 or -ENOMEM. */
int sshd_config_parse(const char *text, struct sshd_config *ret);

/* The value of the first line with this keyword; empty if there is none, or if it is "none". */
const char *sshd_config_get(const struct sshd_config *c, const char *keyword);
bool sshd_config_is(const struct sshd_config *c, const char *keyword, const char *value);

/* Adds what should be otherwise. Files that it names are not looked at. */
void sshd_config_judge(const struct sshd_config *c, const char *account, struct findings *f);

/*
 * The files that this keyword (authorizedkeysfile and the like) names for the account, as absolute paths, with %h, %u
 * and %% replaced. NULL-terminated, the caller frees it; NULL if memory ran out.
 */
char **sshd_config_files(const struct sshd_config *c, const char *keyword, const char *account, const char *home);

#endif

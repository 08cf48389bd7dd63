/* SPDX-License-Identifier: ISC */
/*
 * A seccomp profile of the OCI runtime specification, and its translation to BPF, so that each system call is answered
 * as runc has it answered: the rules through libseccomp, and before them a stub that gives ENOSYS to system calls newer
 * than any the profile names (otherwise C libraries take a refusal for an error instead of trying an older call).
 */
#ifndef CENTERCTL_OCI_PROFILE_H
#define CENTERCTL_OCI_PROFILE_H

#include <cjson/cJSON.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/proto/answer.h"

struct seccomp_rule {
	const char *name; /* borrowed: of the JSON document, or constant */
	uint32_t action;  /* SCMP_ACT_* */
	uint32_t first_arg, arg_count;
};

struct profile {
	uint32_t default_action;
	uint32_t *archs; /* SCMP_ARCH_* */
	size_t arch_count;
	struct seccomp_rule *rules;
	size_t rule_count, rule_size;
	struct scmp_arg_cmp *args; /* of all rules, one after the other */
	size_t arg_count, arg_size;
};

/* What extra (SECCOMP_TRACE | ...) allows: the n-th name, NULL behind the last. */
const char *profile_extra_name(uint32_t extra, size_t n);
enum { PROFILE_EXTRA_MAX = 7 };

void profile_done(struct profile *p);
#define cleanup_profile __attribute__((cleanup(profile_done)))

/* Appending. 0, or -EBADMSG with why set. */
int profile_add_arch(struct profile *p, uint32_t arch, struct answer_error_info *why);
int profile_add_rule(struct profile *p, const char *name, uint32_t action, const struct scmp_arg_cmp *args,
		     size_t arg_count, struct answer_error_info *why);

/*
 * linux.seccomp of a bundle. *ret_flags gets SECCOMP_FILTER_FLAG_*. Returns 1, or 0 when it filters nothing (neither a
 * default action nor a rule), or -EBADMSG with why set. The profile borrows from the document.
 */
int profile_parse(const cJSON *seccomp, struct profile *ret, uint32_t *ret_flags, struct answer_error_info *why);

/*
 * Compiles p; with extra (SECCOMP_TRACE | ...) the system calls of that name are allowed whatever p says of them, and
 * every other one is answered as without. scratch is a file that may be overwritten (libseccomp knows no other way to
 * hand out a program). The caller frees *ret. 0, or -EBADMSG with why set.
 */
int profile_compile(const struct profile *p, uint32_t extra, int scratch, struct sock_filter **ret, uint32_t *ret_len,
		    struct answer_error_info *why);

#endif

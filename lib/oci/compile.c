/* SPDX-License-Identifier: ISC */
/* From a profile to a program: profile_compile(). */
#include "profile.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "stub.h"

enum { NAME_SHOWN = 64, TREE_FROM = 32 };

static void release_filter(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

/* What a tracer needs, and what an observer of performance needs. */
static const struct {
	enum seccomp_extra extra;
	const char *name;
} extras[PROFILE_EXTRA_MAX] = {
	{SECCOMP_TRACE, "ptrace"},	   {SECCOMP_TRACE, "process_vm_readv"}, {SECCOMP_TRACE, "process_vm_writev"},
	{SECCOMP_TRACE, "kcmp"},	   {SECCOMP_TRACE, "pidfd_open"},	{SECCOMP_TRACE, "pidfd_getfd"},
	{SECCOMP_PERF, "perf_event_open"},
};

const char *profile_extra_name(uint32_t extra, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(extras); i++)
		if (extra & extras[i].extra && n-- == 0)
			return extras[i].name;
	return NULL;
}

/* By their numbers; libseccomp may not know all of the names. */
struct numbers {
	int at[PROFILE_EXTRA_MAX];
	size_t count;
};

static struct numbers extra_numbers(uint32_t extra)
{
	struct numbers n = {.count = 0};
	const char *name;
	for (size_t i = 0; (name = profile_extra_name(extra, i)); i++) {
		int number = seccomp_syscall_resolve_name(name);
		if (number != __NR_SCMP_ERROR)
			n.at[n.count++] = number;
	}
	return n;
}

static bool has_number(const struct numbers *n, int number)
{
	for (size_t i = 0; i < n->count; i++)
		if (n->at[i] == number)
			return true;
	return false;
}

/* Returns how many rules there are now, or -EBADMSG. */
static int add_extra(scmp_filter_ctx ctx, const struct profile *p, const struct numbers *extra,
		     struct answer_error_info *why)
{
	if (p->default_action == SCMP_ACT_ALLOW)
		return 0;
	for (size_t i = 0; i < extra->count; i++) {
		int r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, extra->at[i], 0);
		if (r < 0)
			return answer_fail(why, ANSWER_SECCOMP, "what debugging needs cannot be compiled: %s",
					   error_name(-r));
	}
	return (int)extra->count;
}

/* Returns how many rules there are now, or -EBADMSG. */
static int add_rules(scmp_filter_ctx ctx, const struct profile *p, uint32_t extra, struct answer_error_info *why)
{
	const struct numbers besides = extra_numbers(extra);
	int added = add_extra(ctx, p, &besides, why);
	if (added < 0)
		return added;
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct seccomp_rule *rule = &p->rules[i];
		/* libseccomp takes a rule that repeats the default for a mistake. */
		if (rule->action == p->default_action)
			continue;
		/* A name that libseccomp does not know is left to the default, as runc does. */
		int number = seccomp_syscall_resolve_name(rule->name);
		if (number == __NR_SCMP_ERROR || has_number(&besides, number))
			continue;
		int r = seccomp_rule_add_array(ctx, rule->action, number, rule->arg_count,
					       p->args ? p->args + rule->first_arg : NULL);
		if (r < 0) {
			char shown[NAME_SHOWN];
			text_escape(shown, sizeof(shown), rule->name, strlen(rule->name));
			return answer_fail(why, ANSWER_SECCOMP, "the seccomp rule for %s cannot be compiled: %s", shown,
					   error_name(-r));
		}
		added++;
	}
	return added;
}

/* Reads the program that libseccomp writes behind the stub. */
static int export_filter(scmp_filter_ctx ctx, int scratch, const struct stub *stub, struct sock_filter **ret,
			 uint32_t *ret_len, struct answer_error_info *why)
{
	cleanup_free char *program = NULL;
	size_t len = 0;
	if (ftruncate(scratch, 0) < 0 || lseek(scratch, 0, SEEK_SET) < 0 || seccomp_export_bpf(ctx, scratch) < 0 ||
	    lseek(scratch, 0, SEEK_SET) < 0 || read_all(scratch, 1 << 20, &program, &len) < 0)
		return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile cannot be compiled");
	size_t count = len / sizeof(struct sock_filter);
	if (count == 0 || len % sizeof(struct sock_filter) != 0 || count + stub->len > BPF_MAXINSNS)
		return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile is too large for the kernel");
	struct sock_filter *filter = reallocarray(NULL, stub->len + count, sizeof(*filter));
	if (!filter)
		return answer_fail(why, ANSWER_FAILED, "out of memory");
	memcpy(filter, stub->code, stub->len * sizeof(*filter));
	memcpy(filter + stub->len, program, len);
	*ret = filter;
	*ret_len = (uint32_t)(stub->len + count);
	return 0;
}

int profile_compile(const struct profile *p, uint32_t extra, int scratch, struct sock_filter **ret, uint32_t *ret_len,
		    struct answer_error_info *why)
{
	/*
	 * libseccomp would ask the kernel what it knows, by system calls that a sandbox has no reason to allow. Level
	 * 4 has every action that is used here (Linux 4.17); loading the filter will tell if the kernel has not.
	 */
	seccomp_api_set(4);
	__attribute__((cleanup(release_filter))) scmp_filter_ctx ctx = seccomp_init(p->default_action);
	if (!ctx)
		return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile has a default that cannot be compiled");
	for (size_t i = 0; i < p->arch_count; i++) {
		int r = seccomp_arch_add(ctx, p->archs[i]);
		if (r < 0 && r != -EEXIST)
			return answer_fail(why, ANSWER_SECCOMP,
					   "the seccomp profile has an architecture that is none of this machine's");
	}
	int rules = add_rules(ctx, p, extra, why);
	if (rules < 0)
		return rules;
	/*
	 * A binary tree over the numbers instead of a list of comparisons. The answers are the same; but when a filter
	 * is loaded the kernel tries it on every system call (seccomp_cache_prepare, Linux 5.11), which takes 1.3 ms
	 * with Docker's profile as a list and 0.4 ms as a tree. A short list needs none, and libseccomp up to 2.5.4
	 * makes a wrong program of no rules at all.
	 */
	if (rules > TREE_FROM && seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
		return answer_fail(why, ANSWER_SECCOMP,
				   "libseccomp cannot make a binary tree: 2.5.0 or later is needed");
	struct stub stub;
	stub_build(p, extra, &stub);
	return export_filter(ctx, scratch, &stub, ret, ret_len, why);
}

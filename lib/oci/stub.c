/* SPDX-License-Identifier: ISC */
#include "stub.h"

#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>

/* x32 shares x86-64's audit architecture; this bit of the number tells them apart. */
static const uint32_t X32_BIT = 1u << 30;

static void emit(struct stub *s, struct sock_filter instruction)
{
	assert(s->len < STUB_MAX);
	s->code[s->len++] = instruction;
}

static void load(struct stub *s, size_t offset)
{
	emit(s, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void jump(struct stub *s, uint16_t condition, uint32_t value, uint8_t if_true, uint8_t if_false)
{
	emit(s, (struct sock_filter)BPF_JUMP(BPF_JMP | condition | BPF_K, value, if_true, if_false));
}

/* Jumps behind the stub; the distance is filled in when it is known. */
static void go_on(struct stub *s)
{
	emit(s, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
}

static void refuse(struct stub *s)
{
	emit(s, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
}

static uint32_t largest_number(const struct profile *p, uint32_t arch)
{
	int largest = 0;
	for (size_t i = 0; i < p->rule_count; i++) {
		/* Negative numbers are libseccomp's own, for calls that the architecture lacks. */
		int number = seccomp_syscall_resolve_name_arch(arch, p->rules[i].name);
		if (number > largest)
			largest = number;
	}
	return (uint32_t)largest;
}

/*
 * Refuses numbers above the largest that the profile names, except those that are allowed beside it; where it names
 * none, nothing is refused.
 */
static void refuse_newer(struct stub *s, const struct profile *p, uint32_t extra, uint32_t arch)
{
	uint32_t largest = largest_number(p, arch);
	const char *name;
	for (size_t i = 0; largest != 0 && (name = profile_extra_name(extra, i)); i++) {
		int number = seccomp_syscall_resolve_name_arch(arch, name);
		if (number <= 0 || (uint32_t)number <= largest)
			continue;
		jump(s, BPF_JEQ, (uint32_t)number, 0, 1);
		go_on(s);
	}
	if (largest != 0) {
		jump(s, BPF_JGT, largest, 0, 1);
		refuse(s);
	}
	go_on(s);
}

static bool has_arch(const struct profile *p, uint32_t arch)
{
	for (size_t i = 0; i < p->arch_count; i++)
		if (p->archs[i] == arch)
			return true;
	return false;
}

static void add_one(struct stub *s, const struct profile *p, uint32_t extra, uint32_t arch)
{
	if (has_arch(p, arch))
		refuse_newer(s, p, extra, arch);
	else
		go_on(s);
}

static void add_x86_64(struct stub *s, const struct profile *p, uint32_t extra)
{
	size_t at = s->len;
	jump(s, BPF_JSET, X32_BIT, 0, 0);
	add_one(s, p, extra, SCMP_ARCH_X86_64);
	s->code[at].jt = (uint8_t)(s->len - at - 1);
	add_one(s, p, extra, SCMP_ARCH_X32);
}

/*
 * On s390, a number that the kernel does not know arrives as 0, the old setup(2), which nothing calls any more.
 */
static void add_s390(struct stub *s, const struct profile *p, uint32_t extra, uint32_t arch)
{
	jump(s, BPF_JEQ, 0, 0, 1);
	refuse(s);
	refuse_newer(s, p, extra, arch);
}

static void add_arch(struct stub *s, const struct profile *p, uint32_t extra, uint32_t arch)
{
	size_t at = s->len;
	uint32_t audit = arch == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : arch;
	jump(s, BPF_JEQ, audit, 0, 0);
	load(s, offsetof(struct seccomp_data, nr));
	if (audit == AUDIT_ARCH_X86_64)
		add_x86_64(s, p, extra);
	else if (arch == SCMP_ARCH_S390 || arch == SCMP_ARCH_S390X)
		add_s390(s, p, extra, arch);
	else
		refuse_newer(s, p, extra, arch);
	s->code[at].jf = (uint8_t)(s->len - at - 1);
}

static bool lets_through(uint32_t action)
{
	/* A tracer is expected to answer new calls by itself. */
	return action == SCMP_ACT_ALLOW || action == SCMP_ACT_LOG ||
	       (action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_TRACE;
}

void stub_build(const struct profile *p, uint32_t extra, struct stub *ret)
{
	ret->len = 0;
	if (lets_through(p->default_action) || p->arch_count == 0)
		return;
	load(ret, offsetof(struct seccomp_data, arch));
	for (size_t i = 0; i < p->arch_count; i++)
		if (p->archs[i] != SCMP_ARCH_X32 || !has_arch(p, SCMP_ARCH_X86_64))
			add_arch(ret, p, extra, p->archs[i]);
	for (size_t i = 0; i < ret->len; i++)
		if (ret->code[i].code == (BPF_JMP | BPF_JA))
			ret->code[i].k = (uint32_t)(ret->len - i - 1);
}

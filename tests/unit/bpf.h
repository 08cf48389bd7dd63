/* SPDX-License-Identifier: ISC */
/* What a compiled filter answers to a system call, without loading it: the instructions that libseccomp and we emit. */
#ifndef CENTERCTL_TESTS_BPF_H
#define CENTERCTL_TESTS_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool bpf_condition(uint16_t code, uint32_t a, uint32_t k)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return a == k;
	case BPF_JGT:
		return a > k;
	case BPF_JGE:
		return a >= k;
	default:
		return a & k;
	}
}

/* SECCOMP_RET_*, or ~0 for a program that is none. */
static inline uint32_t bpf_run(const struct sock_filter *f, uint32_t len, const struct seccomp_data *data)
{
	uint32_t a = 0, mem[BPF_MEMWORDS] = {0};
	for (uint32_t at = 0; at < len; at++) {
		const struct sock_filter *i = &f[at];
		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k > sizeof(*data) - sizeof(a))
				return ~0u;
			memcpy(&a, (const char *)data + i->k, sizeof(a));
			break;
		case BPF_LD | BPF_W | BPF_MEM:
			a = mem[i->k % BPF_MEMWORDS];
			break;
		case BPF_ST:
			mem[i->k % BPF_MEMWORDS] = a;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JA:
			at += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			at += bpf_condition(i->code, a, i->k) ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			return ~0u;
		}
	}
	return ~0u;
}

#endif

/* SPDX-License-Identifier: ISC */
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define OWN_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OWN_ARCH AUDIT_ARCH_PPC64LE
#else
#error "sandbox.c does not know this machine's audit architecture"
#endif

static void lower(int resource, rlim_t value)
{
	struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
	setrlimit(resource, &limit);
}

void sandbox_limit(void)
{
	lower(RLIMIT_CORE, 0);
	lower(RLIMIT_NPROC, 0);
	lower(RLIMIT_NOFILE, 64);
	lower(RLIMIT_FSIZE, 1 << 20); /* the memory file that compiled filters go through */
	if (!SANITIZED)		      /* which reserves terabytes of addresses */
		lower(RLIMIT_AS, 512 << 20);
}

void sandbox_limit_time(void)
{
	lower(RLIMIT_CPU, 10);
}

/* struct landlock_ruleset_attr up to ABI 6; older kernels take a longer one if the rest is zero. */
struct landlock_rights {
	uint64_t fs, net, scoped;
};

static int deny_files(struct error *err)
{
	enum { VERSION_FLAG = 1 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
	if (abi < 0)
		return 0; /* not in this kernel, or not enabled: seccomp has to do alone */
	const int fs_rights = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
	const struct landlock_rights rights = {
		.fs = (UINT64_C(1) << fs_rights) - 1,
		.net = abi >= 4 ? 3 : 0,
		.scoped = abi >= 6 ? 3 : 0,
	};
	cleanup_fd int fd = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof(rights), 0);
	if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		return error_errno(err, -errno, "cannot shut centerctl-resolve off from files");
	return 0;
}

/*
 * Written by hand: libseccomp would take longer to compile this than everything else here takes together. Sockets and
 * files are those that are open or handed over: there is no call that opens one.
 */
static const int allowed[] = {
	SYS_read,	  SYS_write,	   SYS_recvmsg,		SYS_sendmsg,
	SYS_recvfrom,	  SYS_sendto,	   SYS_ppoll,		SYS_brk,
	SYS_munmap,	  SYS_mremap,	   SYS_madvise,		SYS_close,
	SYS_fcntl,	  SYS_lseek,	   SYS_ftruncate,	SYS_getsockname,
	SYS_getpeername,  SYS_getsockopt,  SYS_setsockopt,	SYS_clock_gettime,
	SYS_getrandom,	  SYS_futex,	   SYS_getpid,		SYS_gettid,
	SYS_exit_group,	  SYS_exit,	   SYS_rt_sigreturn,	SYS_rt_sigprocmask,
	SYS_gettimeofday, SYS_sched_yield, SYS_restart_syscall,
#ifdef SYS_poll
	SYS_poll,
#endif
#if SANITIZED
	SYS_sigaltstack, /* put away at the end */
#endif
};

/* Allowed unless they make memory executable. */
static const int mappings[] = {SYS_mmap, SYS_mprotect};

enum { PER_MAPPING = 5, FILTER_MAX = 6 + ARRAY_SIZE(allowed) * 2 + ARRAY_SIZE(mappings) * PER_MAPPING };

#define LOAD(field)		((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(field)))
#define JUMP_IF(op, k, yes, no) ((struct sock_filter)BPF_JUMP(BPF_JMP | (op) | BPF_K, (uint32_t)(k), (yes), (no)))
#define RETURN(action)		((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (action)))

static size_t build_filter(struct sock_filter *f)
{
	/* The lower half of the third argument: prot. */
	const size_t prot = offsetof(struct seccomp_data, args[2]) +
			    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(uint32_t) : 0);
	size_t n = 0;
	f[n++] = LOAD(offsetof(struct seccomp_data, arch));
	f[n++] = JUMP_IF(BPF_JEQ, OWN_ARCH, 1, 0);
	f[n++] = RETURN(SECCOMP_RET_KILL_PROCESS);
	f[n++] = LOAD(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		f[n++] = JUMP_IF(BPF_JEQ, allowed[i], 0, 1);
		f[n++] = RETURN(SECCOMP_RET_ALLOW);
	}
	for (size_t i = 0; i < ARRAY_SIZE(mappings); i++) {
		f[n++] = JUMP_IF(BPF_JEQ, mappings[i], 0, PER_MAPPING - 1);
		f[n++] = LOAD(prot);
		f[n++] = JUMP_IF(BPF_JSET, PROT_EXEC, 0, 1);
		f[n++] = RETURN(SECCOMP_RET_KILL_PROCESS);
		f[n++] = RETURN(SECCOMP_RET_ALLOW);
	}
	f[n++] = RETURN(SECCOMP_RET_KILL_PROCESS);
	return n;
}

static int deny_calls(struct error *err)
{
	struct sock_filter filter[FILTER_MAX];
	struct sock_fprog program = {.len = (unsigned short)build_filter(filter), .filter = filter};
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return error_errno(err, -errno,
				   "cannot confine centerctl-resolve, which parses what containers control");
	return 0;
}

int sandbox_lock(struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(err, -errno, "cannot set no_new_privs for centerctl-resolve");
	int r = deny_files(err);
	return r < 0 ? r : deny_calls(err);
}

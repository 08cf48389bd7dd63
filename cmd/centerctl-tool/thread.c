/* SPDX-License-Identifier: ISC */
#include "thread.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/procfs.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/tool/corefile.h"
#include "process.h"

/* AMX's tiles are the largest: 11 KiB in all. */
enum { REGISTERS_MAX = 64 * 1024, STOP_MS = 3000 };

static bool is_known(const struct threads *t, pid_t tid)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->all[i].tid == tid)
			return true;
	return false;
}

static int remember(struct threads *t, pid_t tid)
{
	if (t->count == t->room) {
		size_t room = t->room ? 2 * t->room : 64;
		struct thread *more = reallocarray(t->all, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		t->all = more;
		t->room = room;
	}
	t->all[t->count++] = (struct thread){.tid = tid};
	return 0;
}

/* Whether it has stopped, or has ended (then tid is 0). */
static bool has_stopped(struct thread *t)
{
	int status;
	pid_t r = waitpid(t->tid, &status, __WALL | WNOHANG);
	if (r == 0)
		return false;
	if (r < 0 || !WIFSTOPPED(status)) {
		t->tid = 0;
		return true;
	}
	t->stopped = true;
	/* An event's stop is ours; else a signal is on its way, which must not be lost. */
	t->signal = status >> 16 ? 0 : WSTOPSIG(status);
	return true;
}

/* A thread in an uninterruptible wait of the kernel may not stop for hours: it is left as it is. */
static void wait_stopped(struct thread *t, int64_t deadline)
{
	for (int pause = 0; !has_stopped(t) && now_ms() < deadline; pause = pause < 20 ? pause + 1 : 20)
		poll(NULL, 0, pause);
}

static int seize(struct threads *t, pid_t tid)
{
	/* ESRCH: it has ended since it was listed, or it is a leader that has ended before its threads. */
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0)
		return errno == ESRCH || errno == EPERM ? -errno : -EIO;
	ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
	return remember(t, tid);
}

/* Returns how many new ones there were. */
static int seize_new(struct threads *t, pid_t pid, int *ret_denied)
{
	char path[64];
	int found = 0;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *dir = opendir(path);
	if (!dir)
		return -errno;
	for (const struct dirent *e = readdir(dir); e && found >= 0; e = readdir(dir)) {
		uint64_t tid;
		if (parse_u64(e->d_name, INT_MAX, &tid) < 0 || is_known(t, (pid_t)tid))
			continue;
		int r = seize(t, (pid_t)tid);
		if (r == -EPERM)
			*ret_denied = -EPERM;
		found = r == -ENOMEM ? r : found + (r == 0);
	}
	closedir(dir);
	return found;
}

static void forget_ended(struct threads *t)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->count; i++)
		if (t->all[i].tid > 0)
			t->all[kept++] = t->all[i];
	t->count = kept;
}

/* A thread that runs may start another one until it is stopped: until a look round finds nothing new. */
int threads_stop(struct threads *t, pid_t pid, struct error *err)
{
	int64_t deadline = now_ms() + STOP_MS;
	int found, denied = 0;
	do {
		size_t before = t->count;
		found = seize_new(t, pid, &denied);
		for (size_t i = before; i < t->count; i++)
			wait_stopped(&t->all[i], deadline);
	} while (found > 0);
	forget_ended(t);
	if (found < 0 && found != -ENOENT)
		return error_errno(err, found, "cannot list the threads of process %d", pid);
	if (t->count == 0 && denied)
		return error_errno(err, denied, "cannot attach to process %d", pid);
	if (t->count == 0)
		return error_set(err, -ESRCH, "process %d has ended", pid);
	return 0;
}

void threads_release(struct threads *t)
{
	for (size_t i = 0; i < t->count; i++)
		ptrace(PTRACE_DETACH, t->all[i].tid, NULL, (void *)(intptr_t)t->all[i].signal);
	cleanup_free_function(&t->all);
	t->count = t->room = 0;
}

static int get_registers(pid_t tid, unsigned long type, struct iovec *io)
{
	return ptrace(PTRACE_GETREGSET, tid, (void *)(uintptr_t)type, io) < 0 ? -errno : 0; /* NOLINT */
}

static pid_t read_id(const char *status, const char *name)
{
	const char *value = status_value(status, name);
	return value ? (pid_t)strtol(value, NULL, 10) : 0;
}

static unsigned long read_signals(const char *status, const char *name)
{
	const char *value = status_value(status, name);
	return value ? strtoul(value, NULL, 16) : 0;
}

int thread_add_status(const struct thread *t, const char *status, struct buf *to)
{
	struct elf_prstatus s = {.pr_pid = t->tid, .pr_ppid = read_id(status, "PPid"), .pr_fpvalid = 1};
	struct iovec io = {.iov_base = &s.pr_reg, .iov_len = sizeof(s.pr_reg)};
	s.pr_pgrp = read_id(status, "NSpgid");
	s.pr_sid = read_id(status, "NSsid");
	s.pr_cursig = (short)t->signal;
	s.pr_info.si_signo = t->signal;
	s.pr_sigpend = read_signals(status, "SigPnd");
	s.pr_sighold = read_signals(status, "SigBlk");
	int r = t->stopped ? get_registers(t->tid, NT_PRSTATUS, &io) : -EBUSY;
	if (r < 0)
		return r;
	if (io.iov_len != sizeof(s.pr_reg))
		return -ENOTSUP;
	core_add_note(to, "CORE", NT_PRSTATUS, &s, sizeof(s));
	return 0;
}

/*
 * AMX's tiles, which hardly anybody uses, are behind all that gdb knows; a note with them is of a size at which it
 * shakes its head and, from version 14 on, no longer finds where the vector registers are. So they are left out while
 * they are not in use. bytes is in the format of XSAVE: what is in use stands at 512.
 */
static size_t registers_len(unsigned type, const char *bytes, size_t len)
{
#if defined(__x86_64__)
	unsigned size = 0, offset = 0, c = 0, d = 0;
	uint64_t used;
	if (type != NT_X86_XSTATE || len < 576 || !__get_cpuid_count(0xd, 9, &size, &offset, &c, &d) || size == 0)
		return len;
	memcpy(&used, bytes + 512, sizeof(used));
	if (used >> 10 == 0 && len > offset + size)
		return offset + size;
#else
	(void)type;
	(void)bytes;
#endif
	return len;
}

int thread_add_registers(const struct thread *t, struct buf *to)
{
	static const struct {
		const char *name;
		unsigned type;
	} sets[] = {
		{"CORE", NT_PRFPREG},
#if defined(__x86_64__)
		{"LINUX", NT_X86_XSTATE},
#elif defined(__aarch64__)
		{"LINUX", NT_ARM_TLS},
		{"LINUX", NT_ARM_HW_BREAK},
		{"LINUX", NT_ARM_HW_WATCH},
		{"LINUX", NT_ARM_SVE},
		{"LINUX", NT_ARM_PAC_MASK},
#endif
	};
	cleanup_free char *bytes = malloc(REGISTERS_MAX);
	if (!bytes)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct iovec io = {.iov_base = bytes, .iov_len = REGISTERS_MAX};
		/* What this machine has not, has no note. */
		if (get_registers(t->tid, sets[i].type, &io) == 0 && io.iov_len > 0)
			core_add_note(to, sets[i].name, sets[i].type, bytes,
				      registers_len(sets[i].type, bytes, io.iov_len));
	}
	return 0;
}

/* SPDX-License-Identifier: ISC */
#include "core.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/procfs.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/say.h"
#include "lib/base/text.h"
#include "lib/tool/corefile.h"
#include "memory.h"
#include "process.h"
#include "thread.h"

#if defined(__x86_64__)
enum { MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { MACHINE = EM_AARCH64 };
#else
enum { MACHINE = EM_NONE };
#endif

/* From /proc/PID/stat; the name, which may hold anything, is skipped by its last ')'. */
static void read_stat(pid_t pid, struct elf_prpsinfo *p)
{
	cleanup_free char *stat = NULL;
	if (process_read(pid, "stat", &stat, NULL) < 0)
		return;
	const char *after = strrchr(stat, ')');
	char state = 0;
	int ppid = 0, pgrp = 0, session = 0;
	unsigned flags = 0;
	if (!after || sscanf(after + 1, " %c %d %d %d %*d %*d %u", &state, &ppid, &pgrp, &session, &flags) < 5)
		return;
	p->pr_sname = state;
	p->pr_ppid = ppid;
	p->pr_pgrp = pgrp;
	p->pr_sid = session;
	p->pr_flag = flags;
}

static void add_process(pid_t pid, const char *status, struct buf *to)
{
	cleanup_free char *words = NULL, *comm = NULL;
	struct elf_prpsinfo p = {.pr_pid = pid};
	size_t len = 0;
	read_stat(pid, &p);
	const char *uid = status_value(status, "Uid"), *gid = status_value(status, "Gid");
	p.pr_uid = uid ? (unsigned)strtoul(uid, NULL, 10) : 0;
	p.pr_gid = gid ? (unsigned)strtoul(gid, NULL, 10) : 0;
	if (process_read(pid, "comm", &comm, &len) == 0)
		memcpy(p.pr_fname, comm, len < sizeof(p.pr_fname) ? strcspn(comm, "\n") : sizeof(p.pr_fname));
	if (process_read(pid, "cmdline", &words, &len) == 0) {
		len = len < sizeof(p.pr_psargs) ? len : sizeof(p.pr_psargs) - 1;
		for (size_t i = 0; i + 1 < len; i++)
			p.pr_psargs[i] = words[i] ? words[i] : ' ';
	}
	core_add_note(to, "CORE", NT_PRPSINFO, &p, sizeof(p));
}

static void add_signal(const struct thread *t, struct buf *to)
{
	siginfo_t info = {0};
	if (t->signal > 0)
		ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info);
	core_add_note(to, "CORE", NT_SIGINFO, &info, sizeof(info));
}

/* What is said once, between the first thread's status and its other registers, as the kernel does it. */
static void add_common(pid_t pid, const struct thread *t, const char *status, const char *maps, struct buf *to)
{
	cleanup_free char *auxv = NULL;
	size_t len;
	add_process(pid, status, to);
	add_signal(t, to);
	if (process_read(pid, "auxv", &auxv, &len) == 0)
		core_add_note(to, "CORE", NT_AUXV, auxv, len);
	core_add_files(to, maps);
}

static char *read_thread_status(pid_t pid, pid_t tid)
{
	char name[64];
	char *status = NULL;
	snprintf(name, sizeof(name), "task/%d/status", tid);
	return process_read(pid, name, &status, NULL) == 0 ? status : strdup("");
}

static int add_thread(pid_t pid, const struct thread *t, bool first, const char *maps, struct buf *to)
{
	cleanup_free char *status = read_thread_status(pid, t->tid);
	if (!status)
		return -ENOMEM;
	int r = thread_add_status(t, status, to);
	if (r < 0)
		return r;
	if (first)
		add_common(pid, t, status, maps, to);
	return thread_add_registers(t, to);
}

static int add_threads(pid_t pid, const struct threads *threads, const char *maps, struct buf *to, struct error *err)
{
	size_t done = 0, stuck = 0;
	for (size_t i = 0; i < threads->count; i++) {
		int r = add_thread(pid, &threads->all[i], done == 0, maps, to);
		if (r == -ENOTSUP)
			return error_set(err, r,
					 "process %d is a 32-bit program, of which no core can be streamed; gdb writes "
					 "one: sh -c 'gcore -o "
					 "/tmp/core %d >&2; cat /tmp/core.%d'",
					 pid, pid, pid);
		if (r == -EBUSY)
			stuck++;
		else if (r < 0 && r != -ESRCH)
			return error_errno(err, r, "cannot read the registers of thread %d", threads->all[i].tid);
		done += r == 0;
	}
	if (done == 0)
		return error_set(err, stuck ? -EBUSY : -ESRCH, "process %d %s", pid,
				 stuck ? "waits in the kernel, where it cannot be stopped (state D)" : "has ended");
	if (stuck > 0) {
		struct error warning;
		error_set(&warning, -EBUSY,
			  "warning: %zu threads wait in the kernel, where they cannot be stopped; they are not in the "
			  "core",
			  stuck);
		say(warning.text);
	}
	return 0;
}

static unsigned read_filter(pid_t pid)
{
	cleanup_free char *text = NULL;
	if (process_read(pid, "coredump_filter", &text, NULL) < 0 || !*text)
		return CORE_DEFAULT;
	return (unsigned)strtoul(text, NULL, 16);
}

static int write_stopped(pid_t pid, const struct threads *threads, bool all, struct error *err)
{
	cleanup_free char *maps = NULL;
	cleanup_buf struct buf notes = {0}, head = {0};
	cleanup_memory struct memory memory = MEMORY_INIT;
	int r = process_read(pid, "smaps", &maps, NULL);
	if (r < 0)
		return error_errno(err, r, "cannot read /proc/%d/smaps", pid);
	r = memory_open(&memory, pid, maps, all ? CORE_ALL : read_filter(pid), all, err);
	if (r == 0)
		r = add_threads(pid, threads, maps, &notes, err);
	if (r < 0)
		return r;
	core_add_header(&head, MACHINE, &notes, memory.segments, memory.count);
	if (notes.failed || head.failed)
		return error_errno(err, -ENOMEM, "the core of process %d", pid);
	r = write_full(STDOUT_FILENO, head.data, head.len);
	if (r == 0)
		r = memory_write(&memory);
	return r < 0 ? error_errno(err, r, "cannot write the core") : 0;
}

int core_write(pid_t pid, bool all, struct error *err)
{
	struct threads threads = {0};
	if (MACHINE == EM_NONE)
		return error_set(err, -ENOTSUP,
				 "cores of this machine's processes cannot be streamed; gdb writes one: sh -c 'gcore "
				 "-o /tmp/core %d "
				 ">&2; cat /tmp/core.%d'",
				 pid, pid);
	/* A reader that has gone is an error like others, after which the process is let go. */
	signal(SIGPIPE, SIG_IGN);
	int r = threads_stop(&threads, pid, err);
	if (r == 0)
		r = write_stopped(pid, &threads, all, err);
	threads_release(&threads);
	return r;
}

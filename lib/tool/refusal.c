/* SPDX-License-Identifier: ISC */
#include "refusal.h"

#include <errno.h>
#include <linux/capability.h>

/* For who is without CAP_SYS_PTRACE: centerctl.conf(5), "What debug is worth". */
static const char remedy[] =
	"root's own sessions have that, and those of rules that say `privileged`: ask the owner of this host";

static int judge_presence(const struct trace_facts *f, struct error *err)
{
	if (!f->exists)
		return error_set(err, -ESRCH, "there is no process %d in %s; `centerctl top %s` lists them", f->pid,
				 f->target, f->target);
	if (f->self)
		return error_set(err, -ESRCH, "process %d is the tool itself; `centerctl top %s` lists the others",
				 f->pid, f->target);
	if (f->state == 'Z' || f->state == 'X')
		return error_set(
			err, -ESRCH,
			"process %d (%s) has ended, there is nothing left to look at; its parent, process %d, has "
			"yet to take note of it",
			f->pid, f->name, f->parent);
	if (!f->has_memory)
		return error_set(err, -EPERM, "process %d (%s) is a thread of the kernel, which cannot be traced",
				 f->pid, f->name);
	return 0;
}

/* The number of a tracer that is not of this PID namespace is not told. */
static int refuse_outside(const struct trace_facts *f, struct error *err)
{
	return error_set(
		err, -EBUSY,
		"process %d (%s) is already traced from outside of %s, and only one can: end that tracer first "
		"(TracerPid in /proc/PID/status on the host names it)",
		f->pid, f->name, f->target);
}

static int judge_tracer(const struct trace_facts *f, struct error *err)
{
	if (f->tracer > 0)
		return error_set(err, -EBUSY,
				 "process %d (%s) is already traced by process %d (%s), and only one can: end that one "
				 "first",
				 f->pid, f->name, f->tracer, f->tracer_name);
	if (f->state == 't')
		return refuse_outside(f, err);
	return 0;
}

static bool has_ptrace(const struct trace_facts *f)
{
	return f->our_effective & (UINT64_C(1) << CAP_SYS_PTRACE);
}

static int judge_yama(const struct trace_facts *f, struct error *err)
{
	if (f->yama >= 3)
		return error_set(err, -EPERM,
				 "process %d (%s) cannot be traced: kernel.yama.ptrace_scope is 3, which forbids it to "
				 "everybody until the host is booted again with another value",
				 f->pid, f->name);
	if (f->yama >= 1 && !has_ptrace(f))
		return error_set(err, -EPERM,
				 "process %d (%s) cannot be traced: kernel.yama.ptrace_scope is %d and this session is "
				 "without CAP_SYS_PTRACE; %s, or to set it to 0",
				 f->pid, f->name, f->yama, remedy);
	return 0;
}

/* What the kernel asks of somebody without CAP_SYS_PTRACE, in its order (ptrace_may_access). */
static int judge_without_capability(const struct trace_facts *f, struct error *err)
{
	for (int i = 0; i < 3; i++)
		if (f->uids[i] != f->our_uid)
			return error_set(
				err, -EPERM,
				"process %d (%s) cannot be traced: it runs as user %u, this session as user %u "
				"and without CAP_SYS_PTRACE; use -u %u; %s",
				f->pid, f->name, f->uids[i], f->our_uid, f->uids[i], remedy);
	if (f->owner != f->our_uid)
		return error_set(
			err, -EPERM,
			"process %d (%s) cannot be traced: it is not dumpable (it changed its user, or asked for "
			"that with prctl(PR_SET_DUMPABLE)), and this session is without CAP_SYS_PTRACE; %s",
			f->pid, f->name, remedy);
	if (f->permitted & ~f->our_permitted)
		return error_set(err, -EPERM,
				 "process %d (%s) cannot be traced: it has capabilities that this session has not, "
				 "and this session is without CAP_SYS_PTRACE; %s",
				 f->pid, f->name, remedy);
	return 0;
}

static int judge_denial(const struct trace_facts *f, struct error *err)
{
	int r = judge_yama(f, err);
	if (r == 0 && f->userns == USERNS_OTHER)
		r = error_set(
			err, -EPERM,
			"process %d (%s) cannot be traced: it is in another user namespace than %s, where the "
			"capabilities of this session do not count; debug it from the container that it belongs to",
			f->pid, f->name, f->target);
	if (r == 0 && !has_ptrace(f))
		r = judge_without_capability(f, err);
	if (r == 0)
		r = error_set(err, -EPERM,
			      "process %d (%s) cannot be traced, though this session %s: a security module of the host "
			      "(AppArmor, SELinux, ...) refuses it, or it runs a file that its user may not read; the "
			      "kernel's log on the host says more",
			      f->pid, f->name, has_ptrace(f) ? "has CAP_SYS_PTRACE" : "is of the same user");
	return r;
}

int refusal_judge(const struct trace_facts *f, struct error *err)
{
	int r = judge_presence(f, err);
	if (r == 0)
		r = judge_tracer(f, err);
	if (r == 0 && (f->ptrace_errno == EPERM || f->ptrace_errno == EACCES || f->ptrace_errno == ENOSYS))
		r = error_set(
			err, -EPERM,
			"nothing can be traced in %s: a seccomp filter refuses ptrace(2) to this session, one that "
			"centerctl itself was started under; start it outside of that service or sandbox",
			f->target);
	if (r == 0 && (f->memory_errno == EACCES || f->memory_errno == EPERM))
		r = judge_denial(f, err);
	else if (r == 0 && f->seize_errno == EPERM)
		r = refuse_outside(f, err);
	else if (r == 0 && f->needs_memory && f->memory_is_shut)
		r = error_set(
			err, -EPERM,
			"the memory of process %d (%s) is a file that user %u alone may open, and this session is of "
			"user %u: use -u %u, or a rule that gives debug as that user; strace and ltrace go without",
			f->pid, f->name, f->owner, f->our_uid, f->owner);
	return r;
}

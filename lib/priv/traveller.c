/* SPDX-License-Identifier: ISC */
#include "traveller.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "creds.h"
#include "hook.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"
#include "ns.h"
#include "sanitize.h"
#include "sys.h"

_Noreturn static void fail(int report, const struct error *err)
{
	struct report r = {.stage = STAGE_ERROR, .code = err->code};
	snprintf(r.text, sizeof(r.text), "%s", err->text);
	write_full(report, &r, sizeof(r));
	_exit(EXIT_OURS);
}

_Noreturn static void fail_errno(int report, int code, const char *what)
{
	struct error err = ERROR_INIT;
	error_errno(&err, code, "cannot %s", what);
	fail(report, &err);
}

static int compare_fd(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Closes every descriptor from first on that is not in the list. */
static int close_all_but(unsigned first, int *keep, size_t count)
{
	qsort(keep, count, sizeof(int), compare_fd);
	for (size_t i = 0; i < count; i++) {
		unsigned fd = (unsigned)keep[i];
		if (fd > first && syscall(SYS_close_range, first, fd - 1, 0) < 0)
			return -errno;
		first = fd + 1 > first ? fd + 1 : first;
	}
	return sys_close_from(first);
}

/* Makes 0-2 what the command is to have, and closes what is not needed any more. */
static int arrange_descriptors(const struct entry *e, int report)
{
	for (int i = 0; i < 3; i++)
		if (dup2(e->stdio[i], i) < 0)
			return -errno;
	/* Root asked for these by number; ours are above them. */
	unsigned first = 3 + e->preserve_fds;
	for (unsigned fd = 3; fd < first; fd++)
		if (set_cloexec((int)fd, false) < 0)
			return -errno;
	int keep[9 + PROC_CGROUPS_MAX] = {report, e->target->pidfd, e->target->root, e->target->proc};
	size_t n = 4;
	if (e->program >= 0)
		keep[n++] = e->program;
	if (e->room) {
		const struct toolbox *box = e->room->toolbox;
		const int mounts[] = {box->root, box->dev, box->tmp, box->source};
		for (size_t i = 0; i < ARRAY_SIZE(mounts); i++)
			if (mounts[i] >= 0)
				keep[n++] = mounts[i];
	}
	for (size_t i = 0; i < e->cgroups->count; i++)
		if (e->cgroups->at[i].tasks >= 0)
			keep[n++] = e->cgroups->at[i].tasks;
	return close_all_but(first, keep, n);
}

/* Signals as a fresh login would have them: nothing blocked, nothing ignored, no timer running. */
static void reset_signals(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What the caller's process passed on, replaced by what init has. */
static int adopt_scheduling(const struct entry *e)
{
	struct sched_param param = {0};
	if (sched_getscheduler(0) != SCHED_OTHER && sched_setscheduler(0, SCHED_OTHER, &param) < 0)
		return -errno;
	if (setpriority(PRIO_PROCESS, 0, e->nice) < 0)
		return -errno;
	if (sched_setaffinity(0, sizeof(e->affinity), &e->affinity) < 0)
		return -errno;
	syscall(SYS_ioprio_set, 1, 0, 0);
	prctl(PR_SET_TIMERSLACK, 0UL);
	return personality(e->personality) < 0 ? -errno : 0;
}

static void adopt_limits(const struct entry *e, int report)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		if (setrlimit((enum __rlimit_resource)i, &e->limits[i]) == 0)
			continue;
		struct rlimit now;
		if (errno == EPERM && getrlimit((enum __rlimit_resource)i, &now) == 0 &&
		    now.rlim_max <= e->limits[i].rlim_max) {
			/* Without CAP_SYS_RESOURCE a hard limit cannot be raised; a lower one takes nothing from
			 * anybody. */
			now.rlim_cur = e->limits[i].rlim_cur < now.rlim_max ? e->limits[i].rlim_cur : now.rlim_max;
			if (setrlimit((enum __rlimit_resource)i, &now) == 0)
				continue;
		}
		fail_errno(report, -errno, "set the container's resource limits");
	}
}

static void adopt_oom_score(const struct entry *e)
{
	char text[24];
	snprintf(text, sizeof(text), "%lld", (long long)e->oom_score_adj);
	/* Lowering needs CAP_SYS_RESOURCE. Without it the command is merely the first to go. */
	(void)proc_write(e->target->proc, "self/oom_score_adj", text);
}

/* Through our own procfs, before any namespace is entered: CVE-2019-16884, CVE-2025-52881. */
static void adopt_label(const struct entry *e, int report)
{
	if (!e->exec_label)
		return;
	int r = proc_write(e->target->proc, e->label_file, e->exec_label);
	if (r < 0)
		fail_errno(report, r, "set the container's security label");
}

/* A session keyring of the caller's would be readable inside: keyrings(7). ENOSYS: a kernel without them. */
static void leave_keyring(int report)
{
	if (hook_fails("keyring") ||
	    (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0 && errno != ENOSYS))
		fail_errno(report, -errno, "leave the session keyring");
}

/* Something of the parent, and waits until it is done; ends if that fails. */
static void ask(int report, enum stage stage, int64_t value)
{
	struct report r = {.stage = stage, .value = value};
	char answer;
	if (write_full(report, &r, sizeof(r)) < 0 || read_full(report, &answer, 1) != 1)
		_exit(EXIT_OURS);
}

/* By it, whatever runs in there is known as the tool's. */
static void report_room(const struct entry *e, int report)
{
	struct stat st;
	if (fstatat(e->target->proc, "self/ns/mnt", &st, 0) < 0)
		fail_errno(report, -errno, "see the mount namespace of the tool");
	ask(report, STAGE_ROOM, (int64_t)st.st_ino);
}

static void enter_namespaces(const struct entry *e, int report)
{
	struct error err = ERROR_INIT;
	if (ns_enter(e->target->pidfd, e->ns & ~(unsigned)NS_USER, &err) < 0)
		fail(report, &err);
	/* Before the user namespace: its root must not own the mounts of a tool. */
	if (e->room && toolroom_enter(e->room, e->target, &err) < 0)
		fail(report, &err);
	if (e->room)
		report_room(e, report);
	if (ns_enter(e->target->pidfd, e->ns & NS_USER, &err) < 0)
		fail(report, &err);
	if (!e->room && e->enter_root && ns_enter_root(e->target->root, &err) < 0)
		fail(report, &err);
	if (!(e->ns & NS_USER))
		return;
	/* As nobody of the new user namespace we hold all its capabilities; become its root to act as it. */
	enum creds_step step;
	int r = creds_become(0, 0, NULL, 0, &step);
	if (r < 0)
		fail_errno(report, r, "become root of the container's user namespace");
}

static int load_filter(const struct entry *e)
{
	if (hook_fails("seccomp"))
		return -errno;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, e->filter_flags, &e->filter) < 0 ? -errno : 0;
}

/*
 * The working directory with the container's own capabilities and root's user ID, as runc does first: a directory that
 * only root of the container may enter is still a legitimate working directory. Failing here is not final.
 */
static bool try_chdir(const struct entry *e)
{
	if (chdir(e->cwd) == 0 && command_cwd_is_inside())
		return true;
	/* Wherever that was, the command must not be seen there, not even for a moment. */
	(void)!chdir("/");
	return false;
}

static void check_step(int report, int r, const char *what)
{
	if (r < 0)
		fail_errno(report, r, what);
}

static const char *creds_step_name(enum creds_step step)
{
	switch (step) {
	case CREDS_GROUPS:
		return "set the supplementary groups of the container's user";
	case CREDS_GID:
		return "become the container's group";
	case CREDS_UID:
		return "become the container's user";
	case CREDS_PROOF:
		break;
	}
	return "prove that root was given up";
}

/*
 * Bounding set first, since lowering it needs CAP_SETPCAP; then the user, with the permitted set kept; then, without
 * any effective capability, the proof; then the sets as they are to be. `extra` is what the next steps still need.
 */
static void drop_privilege(const struct entry *e, int report, uint64_t extra, bool *ret_in_cwd)
{
	const uint64_t for_drop = cap_bit(CAP_SETUID) | cap_bit(CAP_SETGID) | cap_bit(CAP_SETPCAP);
	check_step(report, caps_drop_bounding(e->caps.bounding), "lower the capability bounding set");
	check_step(report, caps_set_ambient(0), "empty the ambient capabilities");
	uint64_t permitted = e->caps.permitted | extra | for_drop | e->caps.inheritable;
	check_step(report, caps_set(permitted, (e->caps.effective & permitted) | for_drop, 0),
		   "lower the capabilities");
	*ret_in_cwd = try_chdir(e);

	enum creds_step step;
	int r = creds_become(e->uid, e->gid, e->groups, e->group_count, &step);
	check_step(report, r, creds_step_name(step));
	check_step(report, caps_set(permitted, e->uid == 0 ? for_drop : 0, 0), "lower the capabilities");
	check_step(report, creds_prove(e->uid, e->gid, e->groups, e->group_count), creds_step_name(CREDS_PROOF));
	/* inheritable may only be raised with CAP_SETPCAP in effect, ambient(7) only within permitted and inheritable.
	 */
	check_step(report, caps_set(permitted, for_drop, e->caps.inheritable), "set the inheritable capabilities");
	check_step(report, caps_set_ambient(e->caps.ambient), "set the ambient capabilities");
	check_step(report, caps_set(e->caps.permitted | extra, e->caps.effective | extra, e->caps.inheritable),
		   "lower the capabilities");
}

static void final_caps(const struct entry *e, int report)
{
	check_step(report, caps_set(e->caps.permitted, e->caps.effective, e->caps.inheritable),
		   "lower the capabilities");
	struct caps now;
	check_step(report, caps_read(&now), "read back the capabilities");
	if (now.permitted & ~e->caps.permitted || now.bounding & ~e->caps.bounding || now.ambient & ~e->caps.ambient)
		fail_errno(report, -EPERM, "prove that capabilities were given up");
}

void traveller_ask_to_be_moved(int report, size_t hierarchy)
{
	ask(report, STAGE_MOVE, (int64_t)hierarchy);
}

/*
 * Here, where nothing in the container sees the descriptors that it takes, and where a single thread may skip the
 * kernel's lock.
 */
static void join_cgroups(const struct entry *e, const struct traveller_how *how, struct command *c, int report)
{
	for (size_t i = 0; i < e->cgroups->count; i++) {
		const struct cgroup_hierarchy *h = &e->cgroups->at[i];
		c->joined[i] = !(how->from_outside && h->limits_pids);
		bool done = !c->joined[i] || (h->v2 ? how->born_in_v2 : cgroup_join_self(h) == 0);
		if (!done)
			traveller_ask_to_be_moved(report, i);
		close_fd(h->tasks);
	}
}

_Noreturn void traveller_run(const struct entry *e, int report, const struct traveller_how *how)
{
	reset_signals();
	check_step(report, arrange_descriptors(e, report), "arrange the descriptors");
	check_step(report, adopt_scheduling(e), "take on the container's scheduling");
	adopt_limits(e, report);
	adopt_oom_score(e);
	leave_keyring(report);
	adopt_label(e, report);
	umask((mode_t)e->umask);

	struct command c = {.entry = e, .report = report};
	join_cgroups(e, how, &c, report);
	enter_namespaces(e, report);
	bool filtered = e->filter.len > 0;
	/* Without no_new_privs, loading a filter needs CAP_SYS_ADMIN: seccomp(2). */
	bool admin = filtered && !e->no_new_privs;
	drop_privilege(e, report, admin ? cap_bit(CAP_SYS_ADMIN) : 0, &c.in_cwd);
	if (e->no_new_privs && (hook_fails("nnp") || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0))
		fail_errno(report, -errno, "set no_new_privs");
	/* Changing user IDs sets it to what fs.suid_dumpable says: proc(5). */
	check_step(report, sanitize_dumpable(), "stay undumpable");
	close_fd(e->target->pidfd);
	close_fd(e->target->root);
	close_fd(e->target->proc);
	if (e->room) {
		close_fd(e->room->toolbox->root);
		close_fd(e->room->toolbox->dev);
		close_fd(e->room->toolbox->tmp);
		close_fd(e->room->toolbox->source);
	}

	if (!admin)
		final_caps(e, report);
	if (filtered && how->filter_late) {
		c.load_filter = load_filter;
		c.drop_after_filter = admin ? final_caps : NULL;
	} else if (filtered) {
		check_step(report, load_filter(e), "load the container's seccomp filter");
		if (admin)
			final_caps(e, report);
	}

	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		command_run(&c);
	/* The command stands at the same barrier: the moment at which it is seen first, and nobody was told of it. */
	if (pid > 0)
		hook_barrier("born");
	struct report r = {.stage = pid < 0 ? STAGE_CLONE : STAGE_CHILD, .code = pid < 0 ? -errno : 0, .value = pid};
	write_full(report, &r, sizeof(r));
	_exit(0);
}

/* SPDX-License-Identifier: ISC */
#include "entry.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"
#include "sys.h"
#include "traveller.h"

struct attempt {
	const struct entry *e;
	bool from_outside; /* the command joins the cgroup that limits processes after it was made */
	bool v2_refused;   /* a process cannot be born in the v2 cgroup */
	bool filter_late;  /* the command itself loads the filter */
	pid_t traveller;
	pid_t child;  /* 0 until it is known */
	ino_t mounts; /* of a room */
	int room;     /* holds these */
	struct report failure;
};
#define ATTEMPT_INIT(...) ((struct attempt){.room = -EBADF, __VA_ARGS__})

static pid_t fork_into(int cgroup)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)(unsigned)cgroup};
	if (cgroup < 0 || hook_fails("clone-into-cgroup") || hook_fails("cgroup"))
		return -1;
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* A cgroup that has delegated takes no process (EBUSY): then where init is. */
static pid_t fork_into_v2(const struct cgroups *c)
{
	const struct cgroup_hierarchy *h = &c->at[c->v2];
	pid_t pid = hook_fails("cgroup-busy") ? -1 : fork_into(cgroup_clone_dir(h, false));
	return pid < 0 ? fork_into(cgroup_clone_dir(h, true)) : pid;
}

static int start_traveller(struct attempt *a, int report, int other_end)
{
	const struct cgroups *c = a->e->cgroups;
	bool born = c->v2 >= 0 && !a->v2_refused;
	pid_t pid = born ? fork_into_v2(c) : fork();
	if (pid < 0 && born) {
		/* EAGAIN at the pids limit, EBUSY where the cgroup delegates, ENOSYS before 5.7: we move it. */
		a->v2_refused = true;
		born = false;
		pid = fork();
	}
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		close_fd(other_end);
		traveller_run(a->e, report,
			      &(struct traveller_how){.born_in_v2 = born,
						      .from_outside = a->from_outside,
						      .filter_late = a->filter_late});
	}
	a->traveller = pid;
	return 0;
}

/* The parent's part for a hierarchy that the traveller or the command could not join by itself. */
static int move_process(const struct attempt *a, int sock, pid_t pid, int64_t index, struct error *err)
{
	const struct cgroups *c = a->e->cgroups;
	if (index < 0 || (size_t)index >= c->count)
		return error_set(err, -EBADMSG, "the entering process sent nonsense");
	const struct cgroup_hierarchy *h = &c->at[index];
	int r = cgroup_join_pid(h, pid);
	if (r == -ENOENT || r == -ENODEV)
		return error_set(err, r, "the container's cgroup is gone (%s): is it being removed", h->name);
	return r < 0 ? error_errno(err, r, "cannot join the container's cgroup (%s)", h->name)
		     : write_full(sock, "", 1);
}

/* The kernel gives the number of a namespace that is gone to the next one, which may be another container's. */
static int hold_room(struct attempt *a, int sock, int64_t inode, struct error *err)
{
	char path[32];
	struct stat st;
	snprintf(path, sizeof(path), "%d/ns/mnt", (int)a->traveller);
	if (a->room < 0)
		a->room = openat(a->e->target->proc, path, O_RDONLY | O_CLOEXEC);
	if (a->room < 0 || fstat(a->room, &st) < 0)
		return error_errno(err, -errno, "cannot hold the mount namespace of the tool");
	if ((int64_t)st.st_ino != inode)
		return error_set(err, -EBADMSG, "the entering process sent nonsense");
	a->mounts = st.st_ino;
	return write_full(sock, "", 1);
}

/*
 * The command's end of the socket is visible inside until execve(2) closes it, and a container with CAP_SYS_PTRACE may
 * take it. So the kernel says who sent a report, unix(7), and only the traveller, which nothing inside can reach, may
 * name the process that we signal and move from then on.
 */
static int on_report(struct attempt *a, int sock, pid_t sender, const struct report *r, struct error *err)
{
	bool trusted = sender == a->traveller;
	if (!trusted && sender != a->child)
		return error_set(err, -EBADMSG, "a report came from a process that is none of ours");
	switch ((enum stage)r->stage) {
	case STAGE_CHILD:
		if (!trusted || a->child > 0 || r->value <= 0 || r->value > INT32_MAX)
			return error_set(err, -EBADMSG, "the entering process sent nonsense");
		a->child = (pid_t)r->value;
		return 0;
	case STAGE_ROOM:
		if (!trusted)
			return error_set(err, -EBADMSG, "the entering process sent nonsense");
		return hold_room(a, sock, r->value, err);
	case STAGE_MOVE:
		return move_process(a, sock, sender, r->value, err);
	case STAGE_ERROR:
	case STAGE_CLONE:
	case STAGE_CHDIR:
	case STAGE_CWD_OUTSIDE:
	case STAGE_EXEC:
		a->failure = *r;
		a->failure.text[sizeof(a->failure.text) - 1] = '\0';
		return r->code < 0 ? r->code : -EIO;
	}
	return error_set(err, -EBADMSG, "the entering process sent nonsense");
}

/*
 * One report with the PID of its sender, as our PID namespace has it. 1, 0 at the end, or -errno. Room is there for all
 * that may come along, since the kernel would wait while it closes a socket that lingers.
 */
static int receive_report(int sock, struct report *ret, pid_t *ret_sender)
{
	union {
		char space[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int) * IO_FDS_MAX)];
		struct cmsghdr align;
	} control;
	struct iovec part = {ret, sizeof(*ret)};
	struct msghdr msg = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -errno;
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	/* A message without a byte has a sender; the end has none. */
	if (n == 0 && !c)
		return 0;
	if (n != (ssize_t)sizeof(*ret) || !c || c->cmsg_type != SCM_CREDENTIALS || CMSG_NXTHDR(&msg, c))
		return -EBADMSG;
	struct ucred from;
	memcpy(&from, CMSG_DATA(c), sizeof(from));
	*ret_sender = from.pid;
	return 1;
}

/*
 * Follows the reports until the socket closes, which is execve(2), or something fails. What the command says may
 * overtake the traveller's STAGE_CHILD, since two processes write: then it is kept back until the PID is known.
 */
static int follow(struct attempt *a, int sock, int abort_fd, int64_t deadline, struct error *err)
{
	struct report early = {0};
	pid_t early_sender = 0;
	for (;;) {
		int ready = wait_fd_or(sock, POLLIN, abort_fd, deadline);
		if (ready == -ETIMEDOUT)
			return error_set(err, ready,
					 "the command did not start in time: the container may have been paused");
		if (ready < 0)
			return ready;
		struct report r = {0};
		pid_t sender = 0;
		int got = receive_report(sock, &r, &sender);
		if (got == 0)
			return a->child > 0 ? 0
					    : error_set(err, -EIO,
							"the entering process died: the container may be "
							"out of memory, or its seccomp profile forbids what "
							"entering needs");
		if (got < 0)
			return error_set(err, -EIO, "the entering process sent nonsense");
		if (a->child <= 0 && sender != a->traveller && early_sender == 0) {
			early = r;
			early_sender = sender;
			continue;
		}
		int done = on_report(a, sock, sender, &r, err);
		if (done == 0 && early_sender && a->child > 0) {
			done = on_report(a, sock, early_sender, &early, err);
			early_sender = 0;
		}
		if (done < 0)
			return done;
	}
}

/*
 * Our end is not closed before we exit. Somebody inside may have left messages in it that nobody read, with descriptors
 * for which the kernel would wait as above.
 */
static int run_attempt(struct attempt *a, int abort_fd, int64_t deadline, struct error *err)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, -errno, "cannot make a socket pair");
	const int ours = pair[0];
	cleanup_fd int theirs = pair[1];
	int on = 1;
	if (setsockopt(ours, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		return error_errno(err, -errno, "cannot learn who sends on a socket pair");
	int r = start_traveller(a, theirs, ours);
	if (r < 0)
		return error_errno(err, r, "cannot fork");
	theirs = close_fd(theirs);
	r = follow(a, ours, abort_fd, deadline, err);
	if (r < 0) {
		sys_kill_child(a->child);
		sys_kill_child(a->traveller);
		a->room = close_fd(a->room);
		return r;
	}
	while (waitpid(a->traveller, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/*
 * A filter that refuses what comes before execve(2) can be loaded by the command itself, but only where nothing inside
 * may attach to it meanwhile: behind a user namespace. CAP_SYS_PTRACE in the container's bounding set says too little,
 * another container may share the PID namespace.
 */
static bool may_filter_late(const struct attempt *a)
{
	return a->e->filter.len > 0 && !a->filter_late && (a->e->ns & NS_USER);
}

/* On v2 the cgroup that limits processes is the one that confines them in every other way: no command stays out of it.
 */
static bool may_move_late(const struct attempt *a)
{
	const struct cgroups *c = a->e->cgroups;
	bool separate = false;
	for (size_t i = 0; i < c->count; i++) {
		if (c->at[i].v2 && c->at[i].limits_pids)
			return false;
		separate = separate || c->at[i].limits_pids;
	}
	return separate && !a->from_outside;
}

/* Whether a failure looks like the filter's doing; then err says what it would have to allow. */
static bool blame_filter(const struct attempt *a, struct error *err)
{
	int code = a->failure.code;
	if (a->e->filter.len == 0 || a->failure.text[0] || (code != -EPERM && code != -ENOSYS && code != -EACCES))
		return false;
	error_set(err, code,
		  "the container's seccomp profile refuses what entering needs: allow clone, setsid, capset, prctl, "
		  "poll, chdir, getcwd and write in it");
	return true;
}

static int explain_clone(const struct attempt *a, struct error *err)
{
	char limit[32];
	cgroups_pids_limit(a->e->cgroups, limit, sizeof(limit));
	if (a->failure.code == -EAGAIN && limit[0])
		return error_set(err, -EAGAIN,
				 "the container is at its limit of %s processes (pids.max): "
				 "end some of them or raise it with docker update --pids-limit",
				 limit);
	if (blame_filter(a, err))
		return a->failure.code;
	return error_errno(err, a->failure.code, "cannot make a process in the container");
}

static int explain_exec(const struct attempt *a, int *ret_exit, struct error *err)
{
	const char *name = a->e->argv[0];
	char shown[256];
	text_escape(shown, sizeof(shown), name, strlen(name));
	int code = a->failure.code;
	*ret_exit = EXIT_NOT_EXECUTABLE;
	if (!name[0]) {
		*ret_exit = EXIT_NOT_FOUND;
		return error_set(err, code, "the command is empty");
	}
	if (name[0] == '-' && (code == -ENOENT || code == -ENOTDIR)) {
		*ret_exit = EXIT_NOT_FOUND;
		return error_set(
			err, code,
			"%s: command not found in the container's PATH; options come before the container's name",
			shown);
	}
	switch (-code) {
	case ENOENT:
	case ENOTDIR:
		*ret_exit = EXIT_NOT_FOUND;
		if (strcmp(name, "/bin/sh") == 0)
			return error_set(err, code,
					 "the container has no %s: centerctl shell brings one along (busybox-static)",
					 shown);
		if (strchr(name, '/'))
			return error_set(err, code,
					 "%s: no such file in the container, or its interpreter is not there", shown);
		return error_set(err, code, "%s: command not found in the container's PATH", shown);
	case EACCES:
		return error_set(err, code, "%s: found in the container, but not executable for this user", shown);
	case ENOEXEC:
		return error_set(err, code,
				 "%s: found in the container, but of no format that this machine can execute", shown);
	case EAGAIN:
		return error_set(err, code, "%s: the user has as many processes as its limit (ulimit -u) allows",
				 shown);
	default:
		return error_errno(err, code, "cannot execute %s in the container", shown);
	}
}

static int explain(const struct attempt *a, int *ret_exit, struct error *err)
{
	char cwd[256];
	*ret_exit = EXIT_OURS;
	text_escape(cwd, sizeof(cwd), a->e->cwd, strlen(a->e->cwd));
	switch ((enum stage)a->failure.stage) {
	case STAGE_CHDIR:
		if (a->failure.code == -ENOENT)
			return error_set(err, -ENOENT,
					 "working directory %s is not in the container: create it, or "
					 "choose another with --workdir",
					 cwd);
		return error_errno(err, a->failure.code, "cannot enter working directory %s of the container", cwd);
	case STAGE_CWD_OUTSIDE:
		return error_set(err, -EXDEV, "working directory %s has been deleted or lies outside the container",
				 cwd);
	case STAGE_CLONE:
		return explain_clone(a, err);
	case STAGE_EXEC:
		return explain_exec(a, ret_exit, err);
	case STAGE_ERROR:
		if (a->failure.text[0])
			return error_set(err, a->failure.code, "%s", a->failure.text);
		if (blame_filter(a, err))
			return a->failure.code;
		return error_errno(err, a->failure.code, "cannot prepare the command in the container");
	case STAGE_CHILD:
	case STAGE_ROOM:
	case STAGE_MOVE:
		break;
	}
	return err->code;
}

int entry_start(const struct entry *e, int abort_fd, int64_t deadline, struct entry_started *ret, int *ret_exit,
		struct error *err)
{
	struct attempt a = ATTEMPT_INIT(.e = e);
	int r = run_attempt(&a, abort_fd, deadline, err);
	if (r == -EAGAIN && a.failure.stage == STAGE_CLONE && may_move_late(&a)) {
		/* At pids.max: the command is made outside of that one cgroup, and moved there. */
		a = ATTEMPT_INIT(.e = e, .from_outside = true);
		r = run_attempt(&a, abort_fd, deadline, err);
	}
	/*
	 * A profile need not allow everything that stands between loading it and execve(2): clone(2), setsid(2),
	 * capset(2). The failure may have another cause; then the second try shows it again.
	 */
	bool before_exec = a.failure.stage == 0 || a.failure.stage == STAGE_ERROR || a.failure.stage == STAGE_CLONE;
	bool final = r == -EAGAIN || r == -ENOMEM || r == -ETIMEDOUT || r == -ECANCELED;
	if (r < 0 && before_exec && !final && may_filter_late(&a)) {
		a = ATTEMPT_INIT(.e = e, .from_outside = a.from_outside, .filter_late = true);
		r = run_attempt(&a, abort_fd, deadline, err);
	}
	if (r < 0) {
		explain(&a, ret_exit, err);
		return r;
	}
	*ret = (struct entry_started){.pid = a.child, .mounts = a.mounts, .room = a.room};
	return 0;
}

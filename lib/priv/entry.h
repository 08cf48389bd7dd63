/* SPDX-License-Identifier: ISC */
/*
 * Entering: from a finished plan to a running command. Three processes:
 *
 *   we (outside) ── fork ──> the traveller ── clone(CLONE_PARENT) ──> the command
 *
 * The traveller joins the namespaces, becomes the container's user and loads its seccomp filter while it is in our PID
 * namespace, where nothing in the container can see it. Then it makes the command, which is our child, with nothing
 * left to take from it: no descriptor of ours, no capability of ours. So a container with CAP_SYS_PTRACE finds no
 * moment at which attaching would gain anything (CVE-2016-9962).
 *
 * Every failure before execve(2) comes back over a socket that closes on exec; its end without a message is the proof
 * that the command runs.
 *
 * Runs as: root of the initial user namespace with all of its capabilities.
 */
#ifndef CENTERCTL_PRIV_ENTRY_H
#define CENTERCTL_PRIV_ENTRY_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "caps.h"
#include "cgroup.h"
#include "lib/base/error.h"
#include "target.h"
#include "toolroom.h"

/* Everything is borrowed: the plan owns nothing, and must outlive the call. */
struct entry {
	const struct target *target;
	const struct cgroups *cgroups;
	unsigned ns;	 /* NS_* to enter */
	bool enter_root; /* take on the target's root directory; a process may have one in our own mount namespace */

	uid_t uid; /* inside the container's user namespace */
	gid_t gid;
	const gid_t *groups;
	size_t group_count;
	struct caps caps;

	bool no_new_privs;
	struct sock_fprog filter; /* len 0: none */
	unsigned filter_flags;	  /* SECCOMP_FILTER_FLAG_* */
	const char *exec_label;	  /* what to write to attr/exec; NULL: nothing */
	const char *label_file;	  /* "self/attr/exec" or "self/attr/apparmor/exec" */

	struct rlimit limits[RLIM_NLIMITS];
	int64_t oom_score_adj;
	uint32_t umask;
	uint32_t personality;
	int nice;
	cpu_set_t affinity;

	char *const *argv;
	char *const *env;
	const char *cwd;
	const struct toolroom *room; /* the mounts of a tool instead of the container's; NULL: none */
	int program;		     /* what to execute, instead of what argv[0] names; or -EBADF */
	bool fallback;		     /* program is for a container without argv[0]: then it runs as "sh" */

	int stdio[3];
	bool tty;	       /* stdio[0] becomes the controlling terminal */
	unsigned preserve_fds; /* descriptors 3 to preserve_fds + 2 stay open */
	int death_signal;      /* that the command gets when this process dies; 0: none */
};

struct entry_started {
	pid_t pid;    /* our child */
	ino_t mounts; /* its mount namespace, where that is its own (room); else 0 */
	int room;     /* holds that one, so that its number means nothing else; the caller closes it; or -EBADF */
};

/*
 * Starts the command and waits until it has been executed, or has failed to be, at most until deadline (a frozen cgroup
 * may hold it for ever). abort_fd becoming readable gives -ECANCELED. On success *ret says what runs. On failure
 * nothing of it is left, and *ret_exit is the exit code to give: 125, 126 or 127.
 */
int entry_start(const struct entry *e, int abort_fd, int64_t deadline, struct entry_started *ret, int *ret_exit,
		struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Joining the container's cgroups, in every hierarchy, without waiting for the kernel's global threadgroup lock where
 * that can be avoided (cgroup.procs takes it and may then wait 5-20 ms for an RCU grace period):
 *
 * - cgroup v1: the single-threaded traveller writes "0" to `tasks`, which moves itself alone and skips the lock.
 * - cgroup v2: the traveller is born there, clone3(CLONE_INTO_CGROUP), Linux 5.7.
 * - where either is refused: the parent writes the traveller's PID to `cgroup.procs`.
 *
 * Nothing of ours is to be seen inside before it has joined them all: the devices controller is one of them.
 *
 * A container at its pids limit can be entered still where that limit has a hierarchy of its own, on v1: a move may
 * exceed it, a fork may not, so the command is moved there after it was made. On v2 the same cgroup holds everything
 * else.
 *
 * Runs as: root, to open files of cgroupfs for writing.
 */
#ifndef CENTERCTL_PRIV_CGROUP_H
#define CENTERCTL_PRIV_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "procfs.h"
#include "target.h"

struct cgroup_hierarchy {
	int dir;      /* the container's cgroup */
	int init_dir; /* v2: that of init itself, where it is another (it has delegated); else -EBADF */
	int tasks;    /* v1: `tasks`, open for writing; -EBADF on v2 */
	bool v2;
	bool limits_pids; /* it has the pids controller */
	char name[64];	  /* for messages */
};

struct cgroups {
	struct cgroup_hierarchy at[PROC_CGROUPS_MAX];
	size_t count;
	int v2;		   /* index of the v2 hierarchy, -1 if there is none to join */
	int memory_events; /* a file that counts OOM kills, -EBADF if there is none */
};

void cgroups_done(struct cgroups *c);
#define cleanup_cgroups __attribute__((cleanup(cgroups_done)))

/*
 * Opens what has to be joined: the hierarchies in which the target is elsewhere than we. With `id`, the container's own
 * cgroup (up to the component that names it); without, or if own_path, the very cgroup of the target process. -ENOENT:
 * a cgroup is gone.
 */
int cgroups_open(struct cgroups *c, const struct target *t, const char *id, bool own_path, struct error *err);

/* Moves the calling, single-threaded process into a v1 hierarchy. Returns 0 or -errno. */
int cgroup_join_self(const struct cgroup_hierarchy *h);

/*
 * Moves another process. On v2, a cgroup that has handed its controllers on to children takes no process itself (EBUSY,
 * cgroups(7) "no internal processes"): then the process goes where init is, as runc has it. Returns 0 or -errno.
 */
int cgroup_join_pid(const struct cgroup_hierarchy *h, pid_t pid);

/* The same choice for clone3(CLONE_INTO_CGROUP): the directory for a first or a second try. */
int cgroup_clone_dir(const struct cgroup_hierarchy *h, bool again);

/* How many processes the kernel has killed in the memory cgroup for want of memory; -1 if that is not known. */
long cgroups_oom_kills(const struct cgroups *c);

/* pids.max of the container, as text, for a message; "" if unlimited or unknown. */
void cgroups_pids_limit(const struct cgroups *c, char *buf, size_t size);

/*
 * What devices the processes of a container (id as above; NULL: of the target's very cgroup) may open, as devices.list
 * has it. -ENOENT: no cgroup of their own says so. With cgroup v2 that is known to a program of the kernel's alone.
 */
int cgroups_read_devices(const struct target *t, const char *id, char **ret);

/* Whether a v1 or v2 freezer holds the container. */
bool cgroups_frozen(const struct cgroups *c);

/*
 * Takes the calling process out of cgroups that are not root's: who owns one (systemd gives every user some) may freeze
 * or kill what is in it. In each hierarchy it goes to the nearest ancestor above everything that is not root's and that
 * takes processes; where nothing of the path is another's, it stays. 0 or -errno.
 */
int cgroups_leave_delegated(int proc, struct error *err);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What the kernel says of a process: parsers of proc(5) files, but for its cgroups (proc_cgroup.h). Pure functions over
 * text, since a container chooses parts of it (the name in `status` and `stat`). Unknown lines are passed over; a known
 * one that does not read as proc(5) says makes the whole parse fail with -EBADMSG.
 */
#ifndef CENTERCTL_PRIV_PROCFS_H
#define CENTERCTL_PRIV_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "lib/base/error.h"

enum { PROC_GROUPS_MAX = 65536, PROC_MAP_MAX = 340, PROC_NS_DEPTH_MAX = 33 };

/* /proc/PID/status */
struct proc_status {
	pid_t tgid, pid, ppid;
	uid_t uid[4]; /* real, effective, saved, file system */
	gid_t gid[4];
	gid_t *groups; /* owned */
	size_t group_count;
	pid_t ns_pid;			  /* in the innermost PID namespace */
	int ns_depth;			  /* how many PID namespaces, ours included, number it */
	pid_t ns_pids[PROC_NS_DEPTH_MAX]; /* in each of them, ours first */
	uint32_t umask;
	uint64_t cap_inh, cap_prm, cap_eff, cap_bnd, cap_amb;
	bool no_new_privs;
	uint32_t seccomp; /* 0 none, 1 strict, 2 filter */
};

void proc_status_done(struct proc_status *s);
#define cleanup_proc_status __attribute__((cleanup(proc_status_done)))
int proc_status_parse(const char *text, struct proc_status *ret);

/* /proc/PID/stat. The name in it may hold anything, parentheses and newlines included. */
struct proc_stat {
	char state;
	pid_t ppid, pgrp, session;
	bool exiting; /* PF_EXITING: on cgroup v1 its cgroups read "/" from then on */
	int64_t nice;
	uint64_t start_time; /* clock ticks after boot */
	uint64_t cpu_time;   /* clock ticks, in user and kernel mode */
	uint64_t resident;   /* pages */
};

int proc_stat_parse(const char *text, struct proc_stat *ret);

/*
 * /proc/PID/limits: one line per RLIMIT_*, in their order, behind a header line. prlimit(2) would want
 * CAP_SYS_RESOURCE for a process of another user; this file does not.
 */
int proc_limits_parse(const char *text, struct rlimit ret[RLIM_NLIMITS]);

/*
 * /proc/PID/mountinfo: the file system type of the mount with that ID, as the kernel names it. 0, or -ENOENT. Asking
 * the file system itself, by statfs(2), may take for ever.
 */
int proc_mount_type(const char *text, int mount_id, char *buf, size_t size);

/*
 * Whether some mount in /proc/PID/mountinfo is of a file called `name`, wherever it stands in its file system and
 * wherever it is mounted.
 */
bool proc_mounts_have(const char *text, const char *name);

/* /proc/PID/uid_map and gid_map, user_namespaces(7). */
struct proc_map {
	struct {
		uint32_t inside, outside, count;
	} range[PROC_MAP_MAX];
	size_t count;
};

int proc_map_parse(const char *text, struct proc_map *ret);
/* Translates an ID inside to ours. Returns 0 or -ENOENT if it is not mapped. */
int proc_map_out(const struct proc_map *m, uint32_t inside, uint32_t *ret);
/* The other way. */
int proc_map_in(const struct proc_map *m, uint32_t outside, uint32_t *ret);
/* Whether this is the initial namespace's map: everything to itself. */
bool proc_map_is_identity(const struct proc_map *m);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The process whose container is entered, pinned: a pidfd and a descriptor of its directory in a procfs that was
 * verified to be one. Everything that is read of it goes through that directory, so it cannot become another process.
 *
 * Runs as: root of the initial user namespace, CAP_SYS_PTRACE for another user's namespaces.
 */
#ifndef CENTERCTL_PRIV_TARGET_H
#define CENTERCTL_PRIV_TARGET_H

#include <sched.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "proc_cgroup.h"
#include "procfs.h"

enum { TARGET_NS_COUNT = 8, TARGET_LABEL_MAX = 4096 };

struct target_ns {
	ino_t target; /* inode numbers in nsfs; 0 where the kernel has no such namespace */
	ino_t own;
};

struct target {
	int proc; /* our verified /proc */
	int dir;  /* its /proc/PID */
	int pidfd;
	int root; /* its root directory, O_PATH */
	pid_t pid, ppid;
	uint64_t start_time;
	struct proc_status status;
	struct proc_cgroups cgroups, own_cgroups;
	struct proc_map uid_map, gid_map;
	struct target_ns ns[TARGET_NS_COUNT]; /* in the order of enum ns_bit */
	struct rlimit limits[RLIM_NLIMITS];
	int64_t oom_score_adj;
	int nice;
	cpu_set_t affinity;
	char label[TARGET_LABEL_MAX]; /* LSM label, "" without an LSM that gives one */
};

#define TARGET_INIT ((struct target){.proc = -EBADF, .dir = -EBADF, .pidfd = -EBADF, .root = -EBADF})

/*
 * Opens /proc, and proves that it is a procfs of our own PID namespace. Files below it must be opened with
 * proc_open(), which refuses whatever is mounted over them (CVE-2019-16884, CVE-2025-52881). Returns the
 * descriptor or -errno.
 */
int proc_open_root(struct error *err);
int proc_open(int dir, const char *path, int flags);
/* A whole file below dir, at most 256 KiB. The caller frees *ret_text. */
int proc_read(int dir, const char *path, char **ret_text, struct error *err);

/* The ID of the mount on which an open descriptor is, without asking its file system anything; -1: not known. */
int proc_mount_of(int proc, int fd);

/* Writes one value to a file below dir, in one go. 0 or -errno. */
int proc_write(int dir, const char *path, const char *text);

/* Pins process pid and reads its facts. Returns 0, -ESRCH if there is no such process, or -errno. */
int target_open(struct target *t, int proc, pid_t pid, struct error *err);
void target_done(struct target *t);
#define cleanup_target __attribute__((cleanup(target_done)))

/* 0 while the pinned process lives, else -ESRCH. */
int target_alive(const struct target *t);

/* The inode of the target's namespace of that kind, an NS_* bit (lib/proto/request.h). */
static inline ino_t target_ns_inode(const struct target *t, unsigned bit)
{
	return t->ns[__builtin_ctz(bit)].target;
}

/* NS_* bits of the namespaces that differ from ours. */
unsigned target_foreign_ns(const struct target *t);

#endif

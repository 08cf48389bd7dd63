/* SPDX-License-Identifier: ISC */
/*
 * System calls that glibc of the oldest supported distribution does not wrap. Each returns what the kernel returns, -1
 * and errno included. "Kernel too old" is said by sys_missing().
 */
#ifndef CENTERCTL_PRIV_SYS_H
#define CENTERCTL_PRIV_SYS_H

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/base/error.h"

/* Mounts without a place, Linux 5.2; mount_setattr(2) 5.12. */
static inline int sys_open_tree(int dir, const char *path, unsigned flags)
{
	return (int)syscall(SYS_open_tree, dir, path, flags | OPEN_TREE_CLONE | O_CLOEXEC);
}

static inline int sys_move_mount(int from, int dir, const char *path)
{
	return (int)syscall(SYS_move_mount, from, "", dir, path, MOVE_MOUNT_F_EMPTY_PATH);
}

static inline int sys_mount_setattr(int dir, unsigned flags, uint64_t set)
{
	struct mount_attr attributes = {.attr_set = set};
	return (int)syscall(SYS_mount_setattr, dir, "", flags | AT_EMPTY_PATH, &attributes, sizeof(attributes));
}

static inline int sys_pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int sys_pidfd_send_signal(int pidfd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

/* openat2(2), Linux 5.6. Always close-on-exec. EAGAIN means that a rename raced with "..": tried again a few times. */
int sys_openat2(int dir, const char *path, uint64_t flags, uint64_t resolve);

/*
 * A copy of a file in memory that nobody can change, memfd_create(2), and that can be executed. Returns the descriptor
 * or -errno.
 */
int sys_sealed_copy(int fd, const char *name);

/* Closes every descriptor from first on. close_range(2), Linux 5.9. Returns 0 or -errno. */
int sys_close_from(unsigned first);

/*
 * Kills a child and collects it. Waits half a second at most: a frozen v1 cgroup or a dead file system can hold even a
 * killed process, which then ends when it is let go.
 */
void sys_kill_child(pid_t pid);

/* Names the call that the running kernel lacks, for -ENOSYS. */
int sys_missing(struct error *err, const char *call, const char *since);

#endif

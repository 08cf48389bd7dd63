/* SPDX-License-Identifier: ISC */
#include "toolroom.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "hook.h"
#include "lib/base/cleanup.h"
#include "lib/proto/request.h"
#include "sys.h"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

/* What is taken out of the container's mounts before these become /target. */
struct pieces {
	int proc, pts;
	int resolv, hosts;
	int root; /* only where all of them cannot be made read-only at once */
};

#define PIECES_INIT ((struct pieces){-EBADF, -EBADF, -EBADF, -EBADF, -EBADF})

static void pieces_done(struct pieces *p)
{
	close_fd(p->proc);
	close_fd(p->pts);
	close_fd(p->resolv);
	close_fd(p->hosts);
	close_fd(p->root);
}

static int open_magic(const char *path, long magic)
{
	struct statfs fs;
	cleanup_fd int fd = sys_openat2(AT_FDCWD, path, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == magic ? steal_fd(&fd) : -EXDEV;
}

/*
 * The container may have anything at /proc. What is taken for its procfs must be one, from its root on, and must number
 * processes as the container does: the very process that we know under its number there must be in its PID namespace.
 */
static int check_proc(int proc, const struct target *t)
{
	enum { PROC_ROOT_INODE = 1 };
	char path[40], link[40], expected[40];
	struct stat st;
	if (fstat(proc, &st) < 0 || st.st_ino != PROC_ROOT_INODE)
		return -EXDEV;
	snprintf(path, sizeof(path), "%d/ns/pid", (int)t->status.ns_pid);
	ssize_t n = readlinkat(proc, path, link, sizeof(link) - 1);
	if (n < 0)
		return -errno;
	link[n] = '\0';
	snprintf(expected, sizeof(expected), "pid:[%lu]", (unsigned long)target_ns_inode(t, NS_PID));
	return strcmp(link, expected) == 0 ? 0 : -EXDEV;
}

static int take_proc(struct pieces *p, const struct target *t, struct error *err)
{
	cleanup_fd int fd = open_magic("/proc", PROC_SUPER_MAGIC);
	int r = fd < 0 ? fd : check_proc(fd, t);
	if (r < 0)
		return error_set(err, r,
				 "/proc in the container is not the procfs of its processes (%s): without it no tool "
				 "could see them",
				 error_name(-r));
	p->proc = sys_open_tree(fd, "", AT_EMPTY_PATH | AT_RECURSIVE);
	return p->proc < 0 ? error_errno(err, -errno, "cannot take on the container's /proc") : 0;
}

/* Without a devpts there are no terminals, which nobody need want. */
static void take_pts(struct pieces *p)
{
	cleanup_fd int fd = open_magic("/dev/pts", DEVPTS_SUPER_MAGIC);
	if (fd >= 0)
		p->pts = sys_open_tree(fd, "", AT_EMPTY_PATH);
}

/* A file of the container's that a resolver reads: regular, and within its root, wherever links lead. */
static int take_file(const char *path)
{
	struct stat st;
	cleanup_fd int fd = sys_openat2(AT_FDCWD, path, O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -EBADF;
	return sys_open_tree(fd, "", AT_EMPTY_PATH);
}

static int set_attributes(int root, uint64_t attributes)
{
	if (hook_fails("mount_setattr")) {
		errno = ENOSYS;
		return -1;
	}
	return sys_mount_setattr(root, AT_RECURSIVE, attributes);
}

/*
 * Before Linux 5.12, mounts can be made read-only one at a time only, each by its path, and the paths are the
 * container's to change meanwhile. So /target is its root file system alone then, without what is mounted in it.
 */
static int take_root(struct pieces *p, struct error *err)
{
	p->root = sys_open_tree(AT_FDCWD, "/", 0);
	return p->root < 0 ? error_errno(err, -errno, "cannot take on the container's root") : 0;
}

static int take_pieces(struct pieces *p, const struct toolroom *room, const struct target *t, struct error *err)
{
	uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (room->writable ? 0 : MOUNT_ATTR_RDONLY);
	/* These two before: a tracer writes to /proc/PID/mem. */
	int r = take_proc(p, t, err);
	if (r < 0)
		return r;
	take_pts(p);
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = set_attributes(root, attributes);
	if (r < 0 && errno != ENOSYS)
		return error_errno(err, -errno, "cannot make the container's files read-only for the tool");
	if (r < 0)
		r = take_root(p, err);
	p->resolv = take_file("/etc/resolv.conf");
	p->hosts = take_file("/etc/hosts");
	return r;
}

/* Private: nothing that is mounted here shows in the container, or the other way round. */
static int leave_mounts(const struct target *t, struct error *err)
{
	struct stat theirs, now;
	if (fstat(t->root, &theirs) < 0 || stat("/", &now) < 0)
		return error_errno(err, -errno, "cannot examine the root directory of the container");
	if (theirs.st_dev != now.st_dev || theirs.st_ino != now.st_ino)
		return error_set(err, -EOPNOTSUPP,
				 "process %d has a root directory of its own (chroot): it cannot be debugged with a "
				 "toolbox",
				 (int)t->pid);
	if (hook_fails("unshare") || unshare(CLONE_NEWNS) < 0)
		return error_errno(err, -errno, "cannot make a mount namespace for the tool");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(err, -errno, "cannot make the mounts of the tool private");
	return 0;
}

/* The toolbox comes to stand on the container's root, and both change places. */
static int change_root(const struct toolbox *box, struct error *err)
{
	if (sys_move_mount(box->root, AT_FDCWD, "/") < 0 || fchdir(box->root) < 0 ||
	    syscall(SYS_pivot_root, ".", "target") < 0 || chdir("/") < 0)
		return error_errno(err, -errno, "cannot make the toolbox the root directory");
	return 0;
}

static int replace_target(const struct pieces *p, const struct toolroom *room, struct error *err)
{
	unsigned long flags = MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | (room->writable ? 0 : MS_RDONLY);
	if (p->root < 0)
		return 0;
	if (umount2("/target", MNT_DETACH) < 0 || sys_move_mount(p->root, AT_FDCWD, "/target") < 0 ||
	    fchdir(p->root) < 0 || mount(NULL, ".", NULL, flags, NULL) < 0 || chdir("/") < 0)
		return error_errno(err, -errno, "cannot put the container's root at /target");
	return 0;
}

/* Over a file that the toolbox must have: nothing can be made in it. */
static void place_file(int piece, const char *path)
{
	cleanup_fd int at = sys_openat2(AT_FDCWD, path, O_PATH, RESOLVE_NO_SYMLINKS);
	struct stat st;
	if (piece >= 0 && at >= 0 && fstat(at, &st) == 0 && S_ISREG(st.st_mode))
		(void)sys_move_mount(piece, AT_FDCWD, path);
}

static int furnish(const struct toolbox *box, const struct pieces *p, struct error *err)
{
	const struct {
		int from;
		const char *to;
	} places[] = {{p->proc, "/proc"},
		      {box->dev, "/dev"},
		      {p->pts, "/dev/pts"},
		      {box->tmp, "/tmp"},
		      {box->source, "/source"}};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].from >= 0 && sys_move_mount(places[i].from, AT_FDCWD, places[i].to) < 0)
			return error_errno(err, -errno, "cannot mount %s for the tool", places[i].to);
	place_file(p->resolv, "/etc/resolv.conf");
	place_file(p->hosts, "/etc/hosts");
	return 0;
}

int toolroom_enter(const struct toolroom *room, const struct target *t, struct error *err)
{
	struct pieces p = PIECES_INIT;
	int r = leave_mounts(t, err);
	if (r == 0)
		r = take_pieces(&p, room, t, err);
	if (r == 0)
		r = change_root(room->toolbox, err);
	if (r == 0)
		r = replace_target(&p, room, err);
	if (r == 0)
		r = furnish(room->toolbox, &p, err);
	pieces_done(&p);
	return r;
}

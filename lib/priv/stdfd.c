/* SPDX-License-Identifier: ISC */
#include "stdfd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "target.h"

#ifndef PIPEFS_MAGIC
#define PIPEFS_MAGIC 0x50495045
#endif

enum stdfd_kind stdfd_judge(int fd, struct error *err)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat st;
	struct statfs fs;
	if (flags < 0 || fstat(fd, &st) < 0) {
		error_errno(err, -errno, "cannot examine standard descriptor %d", fd);
		return STDFD_REFUSE;
	}
	if (flags & O_PATH) {
		error_set(err, -EBADF, "standard descriptor %d is an O_PATH descriptor: redirect it from a file", fd);
		return STDFD_REFUSE;
	}
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		error_set(err, -EISDIR, "standard descriptor %d is a directory: redirect it from a file", fd);
		return STDFD_REFUSE;
	case S_IFIFO:
		/* A FIFO with a name belongs to the host's file system. */
		return fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC ? STDFD_HAND_OVER : STDFD_RELAY;
	default:
		return STDFD_RELAY;
	}
}

/* Magic numbers as in statfs(2); those that old headers lack are written out. */
static const long stores[] = {
	EXT4_SUPER_MAGIC,
	XFS_SUPER_MAGIC,
	BTRFS_SUPER_MAGIC,
	F2FS_SUPER_MAGIC,
	TMPFS_MAGIC,
	RAMFS_MAGIC,
	OVERLAYFS_SUPER_MAGIC,
	NFS_SUPER_MAGIC,
	MSDOS_SUPER_MAGIC,
	ISOFS_SUPER_MAGIC,
	SQUASHFS_MAGIC,
	V9FS_MAGIC,
	CEPH_SUPER_MAGIC,
	CIFS_SUPER_MAGIC,
	0xfe534d42, /* smb2 */
	0x2fc12fc1, /* zfs */
	0x2011bab0, /* exfat */
	0xca451a4e, /* bcachefs */
	0xe0f5e1e2, /* erofs */
};

/* Who made the other end, unix(7); connected from here, it would see root's credentials with every byte
 * (SCM_CREDENTIALS). */
bool stdfd_socket_is_of(int fd, uid_t uid)
{
	int domain = 0, type = 0;
	struct ucred peer;
	socklen_t len = sizeof(domain), peer_len = sizeof(peer);
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0 || type != SOCK_STREAM)
		return false;
	if (domain == AF_INET || domain == AF_INET6)
		return true;
	return domain == AF_UNIX && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len) == 0 && peer.uid == uid;
}

/* /dev/null, zero, full: memory devices, null(4). Anything else that is a device has a driver's own idea of waiting. */
static bool is_plain_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == 1 &&
	       (minor(st->st_rdev) == 3 || minor(st->st_rdev) == 5 || minor(st->st_rdev) == 7);
}

/* Opened again, the master of a pty would be the master of another one. */
static bool is_terminal(int fd)
{
	unsigned number;
	return isatty(fd) && ioctl(fd, TIOCGPTN, &number) < 0;
}

/* Made by root: a user's own user namespace has mounts of its own, which are none of ours. */
static bool is_mounted_here(int fd, int proc)
{
	char type[32];
	cleanup_free char *text = NULL;
	int id = proc_mount_of(proc, fd);
	return id >= 0 && proc_read(proc, "self/mountinfo", &text, NULL) == 0 &&
	       proc_mount_type(text, id, type, sizeof(type)) == 0;
}

static bool is_store(const struct statfs *fs)
{
	for (size_t i = 0; i < ARRAY_SIZE(stores); i++)
		if ((uint32_t)fs->f_type == (uint32_t)stores[i])
			return true;
	return false;
}

static int refuse_file(int fd, struct error *err)
{
	return error_set(err, -EPERM,
			 "standard descriptor %d is a file of a special file system: redirect it from or to an "
			 "ordinary file, or put cat and a pipe in between",
			 fd);
}

int stdfd_check_stranger(int fd, uid_t uid, int proc, struct error *err)
{
	struct stat st;
	struct statfs fs;
	if (fstatfs(fd, &fs) < 0)
		return error_errno(err, -errno, "cannot examine standard descriptor %d", fd);
	/* A FUSE server below it would be asked by fstat(2) already. */
	if ((uint32_t)fs.f_type == (uint32_t)OVERLAYFS_SUPER_MAGIC && !is_mounted_here(fd, proc))
		return refuse_file(fd, err);
	if (fstat(fd, &st) < 0)
		return error_errno(err, -errno, "cannot examine standard descriptor %d", fd);
	if (S_ISREG(st.st_mode))
		return is_store(&fs) ? 0 : refuse_file(fd, err);
	if (S_ISSOCK(st.st_mode) ? stdfd_socket_is_of(fd, uid)
				 : S_ISFIFO(st.st_mode) || is_plain_device(&st) || is_terminal(fd))
		return 0;
	return error_set(err, -EPERM,
			 "standard descriptor %d is neither a file, a pipe, a terminal nor a stream socket of your "
			 "own: put cat and a pipe in between",
			 fd);
}

bool stdfd_same(int a, int b)
{
	struct stat x, y;
	if (fstat(a, &x) < 0 || fstat(b, &y) < 0)
		return false;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino && x.st_rdev == y.st_rdev;
}

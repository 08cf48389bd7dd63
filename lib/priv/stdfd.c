/* SPDX-License-Identifier: ISC */
#include "stdfd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "lib/base/cleanup.h"

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
	EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,   BTRFS_SUPER_MAGIC,	    F2FS_SUPER_MAGIC,
	TMPFS_MAGIC,	  RAMFS_MAGIC,	     OVERLAYFS_SUPER_MAGIC, NFS_SUPER_MAGIC,
	FUSE_SUPER_MAGIC, MSDOS_SUPER_MAGIC, ISOFS_SUPER_MAGIC,	    SQUASHFS_MAGIC,
	V9FS_MAGIC,	  CEPH_SUPER_MAGIC,  CIFS_SUPER_MAGIC,	    0xfe534d42, /* smb2 */
	0x2fc12fc1,								/* zfs */
	0x2011bab0,								/* exfat */
	0xca451a4e,								/* bcachefs */
	0xe0f5e1e2,								/* erofs */
};

int stdfd_check_stranger(int fd, struct error *err)
{
	struct stat st;
	struct statfs fs;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (fstatfs(fd, &fs) < 0)
		return error_errno(err, -errno, "cannot examine standard descriptor %d", fd);
	for (size_t i = 0; i < ARRAY_SIZE(stores); i++)
		if ((uint32_t)fs.f_type == (uint32_t)stores[i])
			return 0;
	return error_set(err, -EPERM,
			 "standard descriptor %d is a file of a special file system: redirect it from or to an "
			 "ordinary file, or put cat and a pipe in between",
			 fd);
}

bool stdfd_same(int a, int b)
{
	struct stat x, y;
	if (fstat(a, &x) < 0 || fstat(b, &y) < 0)
		return false;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino && x.st_rdev == y.st_rdev;
}

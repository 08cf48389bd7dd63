/* SPDX-License-Identifier: ISC */
#include "pack_file.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif

/* Of a file without a size, as in /proc: what is kept of it. */
enum { MADE_UP_MAX = 16 << 20, XATTR_LIST_MAX = 64 << 10 };

void pack_about(struct tar_entry *e, const struct stat *st)
{
	e->mode = st->st_mode & 07777;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->mtime = st->st_mtim.tv_sec;
	e->mtime_ns = (uint32_t)st->st_mtim.tv_nsec;
	e->major = major(st->st_rdev);
	e->minor = minor(st->st_rdev);
}

static bool is_wanted(const char *name)
{
	return str_starts(name, "user.") || str_eq(name, "security.capability") ||
	       str_eq(name, "system.posix_acl_access") || str_eq(name, "system.posix_acl_default");
}

static int add_xattr(struct tar_entry *e, int fd, const char *name)
{
	char value[TAR_XATTR_SIZE_MAX];
	ssize_t len = fgetxattr(fd, name, value, sizeof(value));
	return len < 0 ? -errno : tar_entry_add_xattr(e, name, value, (size_t)len);
}

void pack_xattrs(struct tar_entry *e, int fd, struct transfer_report *report)
{
	ssize_t len = flistxattr(fd, NULL, 0);
	if (len == 0 || (len < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EPERM)))
		return;
	cleanup_free char *names = malloc(XATTR_LIST_MAX);
	len = names ? flistxattr(fd, names, XATTR_LIST_MAX) : -1;
	if (len < 0)
		transfer_failed(report, errno, "list the extended attributes of", e->path);
	for (const char *name = names; len > 0 && name < names + len; name += strlen(name) + 1) {
		int r = is_wanted(name) ? add_xattr(e, fd, name) : 0;
		if (r < 0 && r != -ENODATA)
			transfer_failed(report, -r, "read the extended attributes of", e->path);
	}
}

int pack_header(struct sink *to, struct tar_entry *e)
{
	cleanup_buf struct buf b = {0};
	tar_write(e, &b);
	return b.failed ? -ENOMEM : sink_put(to, b.data, b.len);
}

bool pack_is_made_up(int fd)
{
	struct statfs fs;
	if (fstatfs(fd, &fs) < 0)
		return false;
	switch ((unsigned long)fs.f_type) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case DEVPTS_SUPER_MAGIC:
	case MQUEUE_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case BPF_FS_MAGIC:
		return true;
	default:
		return false;
	}
}

/* Files that say nothing of their size are read first. */
static int pack_made_up(struct sink *to, struct tar_entry *e, int fd, struct transfer_report *report)
{
	cleanup_buf struct buf content = {0};
	char piece[16 << 10];
	ssize_t n = 0;
	while (content.len < MADE_UP_MAX && (n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(&content, piece, (size_t)n);
	if (n < 0)
		transfer_failed(report, errno, "read", e->path);
	else if (n > 0)
		transfer_refused(report, e->path, "cut after 16 MiB: it does not say how long it is");
	if (content.failed)
		return -ENOMEM;
	e->size = content.len;
	int r = pack_header(to, e);
	if (r == 0)
		r = sink_put(to, content.data, content.len);
	return r < 0 ? r : sink_zeros(to, e->padding);
}

/* Holes are asked for only where blocks are missing. A file in too many pieces is one from there on. */
static int find_extents(struct tar_entry *e, int fd, const struct stat *st)
{
	off_t at = 0;
	if (st->st_size <= 0 || st->st_blocks >= (st->st_size + 511) / 512)
		return 0;
	while (at < st->st_size) {
		off_t data = lseek(fd, at, SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			break; /* a hole up to the end */
		off_t hole =
			data < 0 || e->extent_count + 2 >= TAR_EXTENTS_MAX ? st->st_size : lseek(fd, data, SEEK_HOLE);
		if (data < 0)
			data = at; /* the file system knows nothing of holes */
		if (hole < 0 || hole > st->st_size)
			hole = st->st_size;
		if (data >= hole)
			break; /* it became shorter */
		if (data == 0 && hole == st->st_size)
			return 0;
		int r = tar_entry_add_extent(e, (uint64_t)data, (uint64_t)(hole - data));
		if (r < 0)
			return r;
		at = hole;
	}
	e->sparse = true;
	/* GNU tar takes the end of the last extent for the file's. */
	return at < st->st_size ? tar_entry_add_extent(e, (uint64_t)st->st_size, 0) : 0;
}

static int copy(struct sink *to, const struct tar_entry *e, int fd, uint64_t offset, uint64_t len, bool *cut,
		struct transfer_report *report)
{
	uint64_t got = 0;
	int failed = 0;
	int r = sink_copy(to, fd, offset, len, &got, &failed, report);
	if (r < 0 || (got == len && !failed))
		return r;
	if (failed)
		transfer_failed(report, failed, "read (the rest is filled up with zeros)", e->path);
	*cut = true;
	return 0;
}

static void check_unchanged(const struct tar_entry *e, int fd, bool cut, const struct stat *before,
			    struct transfer_report *report)
{
	struct stat now;
	if (fstat(fd, &now) < 0)
		return;
	if (now.st_size < before->st_size)
		transfer_refused(report, e->path, "became shorter while it was read; filled up with zeros");
	else if (now.st_size > before->st_size)
		transfer_refused(report, e->path, "grew while it was read; cut at the size that it had");
	else if (cut)
		transfer_refused(report, e->path, "changed while it was read; filled up with zeros");
}

int pack_file(struct sink *to, struct tar_entry *e, int fd, const struct stat *st, struct transfer_report *report)
{
	bool cut = false;
	if (st->st_size == 0 && major(st->st_dev) == 0 && pack_is_made_up(fd))
		return pack_made_up(to, e, fd, report);
	e->size = (uint64_t)st->st_size;
	int r = find_extents(e, fd, st);
	if (r == 0)
		r = pack_header(to, e);
	if (r == 0 && !e->sparse && e->size > 0)
		r = copy(to, e, fd, 0, e->size, &cut, report);
	for (size_t i = 0; r == 0 && i < e->extent_count; i++)
		r = copy(to, e, fd, e->extents[i].offset, e->extents[i].len, &cut, report);
	if (r == 0)
		r = sink_zeros(to, e->padding);
	if (r == 0)
		check_unchanged(e, fd, cut, st, report);
	return r;
}

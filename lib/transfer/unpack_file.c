/* SPDX-License-Identifier: ISC */
#include "unpack_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "unpack.h"

static mode_t mode_of(const struct unpack_options *o, const struct tar_entry *e)
{
	return o->owners ? e->mode & 07777 : e->mode & 0777 & ~o->mask;
}

/* Who is not root cannot give anything away, and keeps what is theirs without a word. */
static bool is_harmless(int errnum)
{
	return (errnum == EPERM || errnum == EACCES) && geteuid() != 0;
}

/*
 * Those of users, file capabilities and ACLs. What labels and measures (security.selinux, .ima), and what overlayfs and
 * others keep of their own (trusted.*), means something on the system it was made for alone.
 */
static bool is_wanted(const char *name)
{
	return str_starts(name, "user.") || str_eq(name, "security.capability") ||
	       str_eq(name, "system.posix_acl_access") || str_eq(name, "system.posix_acl_default");
}

static void set_xattrs(int fd, const struct tar_entry *e, const char *path, struct transfer_report *report)
{
	for (size_t i = 0; i < e->xattr_count; i++) {
		const struct tar_xattr *x = &e->xattrs[i];
		if (is_wanted(x->name) && fsetxattr(fd, x->name, x->value, x->len, 0) < 0 && !is_harmless(errno)) {
			transfer_failed(report, errno, "set the extended attributes of", path);
			return;
		}
	}
}

/* Owner first: it takes setuid bits and file capabilities away. */
void unpack_set(int fd, const struct unpack_options *o, const struct tar_entry *e, const char *path,
		struct transfer_report *report)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = e->mtime, .tv_nsec = e->mtime_ns}};
	bool owned = true;
	if (o->owners && fchown(fd, e->uid, e->gid) < 0) {
		owned = false;
		if (!is_harmless(errno))
			transfer_failed(report, errno, "set the owner of", path);
	}
	/* What is not its owner's must not run as whoever it belongs to instead. */
	if (fchmod(fd, mode_of(o, e) & (owned ? 07777 : 01777)) < 0)
		transfer_failed(report, errno, "set the mode of", path);
	if (o->owners)
		set_xattrs(fd, e, path, report);
	if (futimens(fd, times) < 0)
		transfer_failed(report, errno, "set the time of", path);
}

int unpack_clear(const struct unpack_target *t)
{
	struct stat st;
	if (unlinkat(t->parent, t->name, 0) == 0 || errno == ENOENT)
		return 0;
	int r = -errno;
	return fstatat(t->parent, t->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) ? -EISDIR : r;
}

static void say_in_the_way(int r, const char *path, struct transfer_report *report)
{
	if (r == -EISDIR)
		transfer_refused(report, path, "there is a directory of that name, which is not replaced");
	else
		transfer_failed(report, -r, "replace", path);
}

/*
 * What cannot be removed can perhaps be written to: a file that is mounted by itself, as engines do with /etc/hosts, or
 * one in a directory of somebody else. It is written in place only if it is a regular file.
 */
static int open_in_place(const struct unpack_target *t)
{
	struct stat st;
	cleanup_fd int fd = openat(t->parent, t->name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || ftruncate(fd, 0) < 0)
		return -EBUSY;
	return steal_fd(&fd);
}

static int open_new(const struct unpack_options *o, const struct unpack_target *t, mode_t mode)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(t->parent, t->name, flags, mode);
	if (fd >= 0 || errno != EEXIST)
		return fd >= 0 ? fd : -errno;
	int r = unpack_clear(t);
	if (r == 0) {
		fd = openat(t->parent, t->name, flags, mode);
		return fd >= 0 ? fd : -errno;
	}
	if (!o->strict && (r == -EBUSY || r == -EACCES || r == -EPERM)) {
		fd = open_in_place(t);
		return fd >= 0 ? fd : r;
	}
	return r;
}

static bool is_full(int errnum)
{
	return errnum == ENOSPC || errnum == EDQUOT;
}

/* Takes the rest of the stream's bytes also when the file could not be written on. */
static int write_content(struct source *from, const struct tar_entry *e, int fd, int *ret_error)
{
	if (!e->sparse)
		return source_copy(from, fd, 0, e->stored, ret_error);
	int r = 0;
	*ret_error = ftruncate(fd, (off_t)e->size) < 0 ? errno : 0;
	for (size_t i = 0; r == 0 && i < e->extent_count; i++) {
		const struct tar_extent *x = &e->extents[i];
		r = *ret_error ? source_skip(from, x->len) : source_copy(from, fd, x->offset, x->len, ret_error);
	}
	return r;
}

int unpack_file(struct source *from, const struct unpack_options *o, const struct tar_entry *e,
		const struct unpack_target *t, struct transfer_report *report, struct stat *ret_made)
{
	int failed = 0;
	ret_made->st_ino = 0;
	cleanup_fd int fd = open_new(o, t, o->owners ? 0600 : mode_of(o, e));
	if (fd < 0) {
		say_in_the_way(fd, t->path, report);
		return is_full(-fd) ? fd : source_skip(from, e->stored);
	}
	if (o->strict && fstat(fd, ret_made) < 0)
		return -errno;
	int r = write_content(from, e, fd, &failed);
	if (failed)
		transfer_failed(report, failed, "write", t->path);
	if (r < 0 || is_full(failed))
		return r < 0 ? r : -failed;
	if (o->owners)
		unpack_set(fd, o, e, t->path, report);
	else if (futimens(fd, (const struct timespec[2]){{.tv_nsec = UTIME_OMIT},
							 {.tv_sec = e->mtime, .tv_nsec = e->mtime_ns}}) < 0)
		transfer_failed(report, errno, "set the time of", t->path);
	return 0;
}

/* Of what has no descriptor that could be written to. */
static void set_by_name(const struct unpack_options *o, const struct tar_entry *e, const struct unpack_target *t,
			struct transfer_report *report)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = e->mtime, .tv_nsec = e->mtime_ns}};
	if (o->owners && fchownat(t->parent, t->name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW) < 0 && !is_harmless(errno))
		transfer_failed(report, errno, "set the owner of", t->path);
	utimensat(t->parent, t->name, times, AT_SYMLINK_NOFOLLOW); /* some file systems have no times for links */
}

void unpack_symlink(const struct unpack_options *o, const struct tar_entry *e, const struct unpack_target *t,
		    struct transfer_report *report)
{
	int r = symlinkat(e->link, t->parent, t->name) < 0 ? -errno : 0;
	if (r == -EEXIST) {
		r = unpack_clear(t);
		if (r == 0)
			r = symlinkat(e->link, t->parent, t->name) < 0 ? -errno : 0;
	}
	if (r < 0)
		say_in_the_way(r, t->path, report);
	else
		set_by_name(o, e, t, report);
}

void unpack_node(const struct unpack_options *o, const struct tar_entry *e, const struct unpack_target *t,
		 struct transfer_report *report)
{
	const mode_t type = e->kind == TAR_FIFO ? S_IFIFO : e->kind == TAR_CHAR ? S_IFCHR : S_IFBLK;
	if (type != S_IFIFO && !o->devices) {
		transfer_refused(report, t->path, "skipped: a device");
		return;
	}
	const dev_t device = type == S_IFIFO ? 0 : makedev(e->major, e->minor);
	int r = mknodat(t->parent, t->name, type | (mode_of(o, e) & 0777), device) < 0 ? -errno : 0;
	if (r == -EEXIST) {
		r = unpack_clear(t);
		if (r == 0)
			r = mknodat(t->parent, t->name, type | (mode_of(o, e) & 0777), device) < 0 ? -errno : 0;
	}
	if (r == -EPERM && type != S_IFIFO)
		transfer_refused(report, t->path, "skipped: a device, which may not be made here");
	else if (r < 0)
		say_in_the_way(r, t->path, report);
	else
		set_by_name(o, e, t, report);
}

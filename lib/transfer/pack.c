/* SPDX-License-Identifier: ISC */
#include "pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inodes.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "pack_file.h"

/* Each level has a descriptor open. */
enum { DEPTH_MAX = 900 };

struct packing {
	const struct pack_options *o;
	struct transfer_report *report;
	struct sink *to;      /* NULL: count only */
	struct inodes linked; /* files with several names: their place in `names` */
	char **names;
	size_t name_count;
	dev_t device;	   /* of the named path */
	const char *named; /* the path that it all began with */
	struct buf path;   /* of the entry that is at work */
	int depth;
};

static void packing_done(struct packing *p)
{
	for (size_t i = 0; i < p->name_count; i++)
		free(p->names[i]);
	free(p->names);
	inodes_done(&p->linked);
	buf_done(&p->path);
}

static int visit(struct packing *p, int at, const char *name, int flags, unsigned char type);

static void failed(struct packing *p, int errnum, const char *what)
{
	const char *path = p->depth > 0 ? buf_text(&p->path) : p->named;
	if (!p->to || !path)
		return;
	if (errnum == ENOENT && p->depth > 0)
		transfer_refused(p->report, path, "vanished while the directory was read");
	else
		transfer_failed(p->report, errnum, what, path);
}

/* The name under which the file is in the stream already, or NULL; then this one is remembered. */
static const char *earlier_name(struct packing *p, const struct stat *st)
{
	uint64_t i;
	if (st->st_nlink < 2 || S_ISDIR(st->st_mode))
		return NULL;
	if (inodes_get(&p->linked, st, &i))
		return p->names[i];
	const char *path = buf_text(&p->path);
	size_t n = p->name_count;
	if ((n & (n - 1)) == 0) {
		char **bigger = realloc(p->names, (n ? n * 2 : 1) * sizeof(*bigger));
		if (!bigger)
			return NULL; /* it will be two files */
		p->names = bigger;
	}
	p->names[n] = path ? strdup(path) : NULL;
	if (p->names[n] && inodes_put(&p->linked, st, n) == 0)
		p->name_count++;
	else
		free(p->names[n]);
	return NULL;
}

static int start(struct packing *p, struct tar_entry *e, enum tar_kind kind, const struct stat *st)
{
	const char *path = buf_text(&p->path);
	e->kind = kind;
	e->path = path ? strdup(path) : NULL;
	pack_about(e, st);
	return e->path ? 0 : -ENOMEM;
}

static int write_link(struct packing *p, enum tar_kind kind, const char *to, const struct stat *st)
{
	cleanup_tar_entry struct tar_entry e = {0};
	int r = start(p, &e, kind, st);
	e.link = strdup(to);
	return r < 0 ? r : !e.link ? -ENOMEM : pack_header(p->to, &e);
}

static int write_file(struct packing *p, int fd, const struct stat *st)
{
	cleanup_tar_entry struct tar_entry e = {0};
	int r = start(p, &e, TAR_FILE, st);
	if (r == 0 && p->o->xattrs)
		pack_xattrs(&e, fd, p->report);
	return r < 0 ? r : pack_file(p->to, &e, fd, st, p->report);
}

static int write_symlink(struct packing *p, int at, const char *name, const struct stat *st)
{
	char target[4096 + 1];
	ssize_t n = readlinkat(at, name, target, sizeof(target) - 1);
	if (n < 0) {
		failed(p, errno, "read the symbolic link");
		return 0;
	}
	target[n] = '\0';
	return write_link(p, TAR_SYMLINK, target, st);
}

static int write_node(struct packing *p, const struct stat *st)
{
	cleanup_tar_entry struct tar_entry e = {0};
	if (S_ISSOCK(st->st_mode)) {
		const char *path = buf_text(&p->path);
		if (path)
			transfer_note(p->report, path, "skipped: a socket");
		return 0;
	}
	int r = start(p, &e, S_ISFIFO(st->st_mode) ? TAR_FIFO : S_ISCHR(st->st_mode) ? TAR_CHAR : TAR_BLOCK_DEVICE, st);
	return r < 0 ? r : pack_header(p->to, &e);
}

static int write_directory(struct packing *p, int fd, const struct stat *st)
{
	cleanup_tar_entry struct tar_entry e = {0};
	int r = start(p, &e, TAR_DIRECTORY, st);
	if (r == 0 && p->o->xattrs)
		pack_xattrs(&e, fd, p->report);
	return r < 0 ? r : pack_header(p->to, &e);
}

/* Takes the directory's stream over. */
static int visit_all(struct packing *p, DIR *dir)
{
	int r = 0;
	const size_t len = p->path.len;
	p->depth++;
	while (r == 0) {
		errno = 0;
		const struct dirent *d = readdir(dir);
		if (!d && errno)
			failed(p, errno, "read the directory");
		if (!d)
			break;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		buf_add(&p->path, "/", 1);
		buf_puts(&p->path, d->d_name);
		r = p->path.failed ? -ENOMEM : visit(p, dirfd(dir), d->d_name, O_NOFOLLOW, d->d_type);
		p->path.len = len;
	}
	p->depth--;
	return r;
}

/* What is mounted there, and is made up as it is read, is left out unless it was named itself. */
static bool is_entered(const struct packing *p, int fd, const struct stat *st)
{
	if (p->depth == 0 || st->st_dev == p->device)
		return true;
	return !p->o->one_file_system && !pack_is_made_up(fd);
}

static int visit_directory(struct packing *p, int fd, const struct stat *st)
{
	if (p->depth == 0)
		p->device = st->st_dev;
	int r = p->to ? write_directory(p, fd, st) : 0;
	if (r < 0 || !is_entered(p, fd, st))
		return r;
	if (p->depth >= DEPTH_MAX) {
		failed(p, ELOOP, "go as deep as");
		return 0;
	}
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		failed(p, errno, "read the directory");
		close_fd(copy);
		return 0;
	}
	r = visit_all(p, dir);
	closedir(dir);
	return r;
}

static void count(const struct packing *p, const struct stat *st)
{
	uint64_t stored = (uint64_t)st->st_blocks * 512;
	if (!p->report->count)
		return;
	if (S_ISREG(st->st_mode))
		atomic_fetch_add(&p->report->count->total_bytes,
				 stored < (uint64_t)st->st_size ? stored : (uint64_t)st->st_size);
	atomic_fetch_add(&p->report->count->total_files, 1);
}

/* What is no file and no directory is not opened: a FIFO waits, and a device may do something. */
static int visit_other(struct packing *p, int at, const char *name, const struct stat *st)
{
	const char *earlier = p->to ? earlier_name(p, st) : NULL;
	if (!p->to) {
		count(p, st);
		return 0;
	}
	transfer_add(p->report, 0, 1);
	if (earlier)
		return write_link(p, TAR_HARDLINK, earlier, st);
	return S_ISLNK(st->st_mode) ? write_symlink(p, at, name, st) : write_node(p, st);
}

static int visit_open(struct packing *p, int fd, const struct stat *st)
{
	if (!p->to)
		count(p, st);
	else
		transfer_add(p->report, 0, 1);
	if (S_ISDIR(st->st_mode))
		return visit_directory(p, fd, st);
	if (!p->to)
		return 0;
	const char *earlier = earlier_name(p, st);
	return earlier ? write_link(p, TAR_HARDLINK, earlier, st) : write_file(p, fd, st);
}

/* Nothing but a file or a directory is opened, whoever puts what there: -ELOOP for all else. */
static int open_careful(int at, const char *name, int flags)
{
	char path[64];
	struct stat st;
	cleanup_fd int seen = openat(at, name, O_PATH | O_CLOEXEC | flags);
	if (seen < 0 || fstat(seen, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		errno = ELOOP;
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", seen);
	return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* `type` is what the directory said it is. It may be another thing by now, so the descriptor decides. */
static int visit(struct packing *p, int at, const char *name, int flags, unsigned char type)
{
	struct stat st;
	const bool counting = !p->to && type == DT_REG;
	if (counting || (type != DT_REG && type != DT_DIR)) {
		if (fstatat(at, name, &st, flags & O_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0) < 0) {
			failed(p, errno, "examine");
			return 0;
		}
		if (counting || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
			return visit_other(p, at, name, &st);
	}
	cleanup_fd int fd = p->o->careful ? open_careful(at, name, flags)
					  : openat(at, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);
	if (fd < 0) {
		/* Another kind by now: a link, or a socket. */
		if ((errno == ELOOP || errno == ENXIO) && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISREG(st.st_mode))
			return visit_other(p, at, name, &st);
		failed(p, errno, "open");
		return 0;
	}
	if (fstat(fd, &st) < 0) {
		failed(p, errno, "examine");
		return 0;
	}
	return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? visit_open(p, fd, &st) : visit_other(p, at, name, &st);
}

/* Where the last component begins, and how long it is without slashes behind it. */
static const char *last_component(const char *path, size_t *ret_len)
{
	size_t end = strlen(path);
	while (end > 1 && path[end - 1] == '/')
		end--;
	size_t begin = end;
	while (begin > 0 && path[begin - 1] != '/')
		begin--;
	*ret_len = end - begin;
	return path + begin;
}

char *pack_base_name(const char *path)
{
	size_t len;
	const char *last = last_component(path, &len);
	if (len == 0 || (len == 1 && *last == '.') || (len == 2 && last[0] == '.' && last[1] == '.'))
		return strdup(".");
	return strndup(last, len);
}

static int pack_one(struct packing *p, const struct pack_path *path)
{
	cleanup_free char *base = pack_base_name(path->path);
	p->named = path->path;
	p->path.len = 0;
	if (!base)
		return -ENOMEM;
	buf_puts(&p->path, path->as ? path->as : base);
	const size_t len = strlen(path->path);
	/* A slash behind it, or a dot, says that it is a directory, through whatever link. */
	bool directory = len > 0 && (path->path[len - 1] == '/' || str_eq(base, "."));
	return visit(p, AT_FDCWD, path->path,
		     directory	    ? O_DIRECTORY
		     : p->o->follow ? 0
				    : O_NOFOLLOW,
		     directory ? DT_DIR : DT_UNKNOWN);
}

static int pack_all(struct packing *p, const struct pack_path *paths, size_t count)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = pack_one(p, &paths[i]);
	return r;
}

void pack_count(const struct pack_options *o, const struct pack_path *paths, size_t count,
		struct transfer_report *report)
{
	__attribute__((cleanup(packing_done))) struct packing p = {.o = o, .report = report};
	pack_all(&p, paths, count);
	if (report->count)
		atomic_store(&report->count->total_known, true);
}

int pack(int fd, const struct pack_options *o, const struct pack_path *paths, size_t count,
	 struct transfer_report *report, struct error *err)
{
	__attribute__((cleanup(packing_done))) struct packing p = {.o = o, .report = report};
	struct sink to;
	int r = sink_open(&to, fd);
	p.to = &to;
	if (r == 0)
		r = pack_all(&p, paths, count);
	if (r == 0)
		r = sink_zeros(&to, 2 * TAR_BLOCK);
	if (r == 0)
		r = sink_flush(&to);
	sink_done(&to);
	return r < 0 ? error_errno(err, r, "cannot write the tar stream") : 0;
}

/* SPDX-License-Identifier: ISC */
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inodes.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "source.h"
#include "tar.h"
#include "unpack_file.h"
#include "unpack_path.h"

/* Of directories that wait for their mode and time: what a stream may make us remember. */
enum { PENDING_BYTES_MAX = 512 << 20, MADE_MAX = 8 << 20 };

/* Modes and times of directories are set when all is in them. */
struct pending {
	struct tar_entry entry; /* path: below the place */
	size_t place;
	dev_t dev;
	ino_t ino;
};

struct unpacking {
	const struct unpack_options *o;
	struct source *from;
	struct transfer_report *report;
	struct inodes made; /* strict: files of this stream */
	struct pending *pending;
	size_t pending_count, pending_bytes;
	char *parent_path; /* of the directory that is open, below its place */
	size_t parent_place;
	int parent;
	bool begun;
};

static void unpacking_done(struct unpacking *u)
{
	for (size_t i = 0; i < u->pending_count; i++)
		tar_entry_done(&u->pending[i].entry);
	free(u->pending);
	free(u->parent_path);
	close_fd(u->parent);
	inodes_done(&u->made);
}

/* A place, and the path below it; -ENOENT if there is none for it. */
static int find_place(const struct unpacking *u, const char *path, size_t *ret_place, const char **ret_below)
{
	size_t best = 0;
	int r = -ENOENT;
	for (size_t i = 0; i < u->o->place_count; i++) {
		const char *name = u->o->places[i].name;
		const char *below = unpack_path_below(path, name);
		const char *only = u->o->places[i].only;
		if (!below || (only && !str_eq(below, only)) || (r == 0 && strlen(name) < best))
			continue;
		best = strlen(name);
		*ret_place = i;
		*ret_below = below;
		r = 0;
	}
	return r;
}

static void say_parent(struct unpacking *u, int r, const char *path)
{
	if (r == -ELOOP)
		transfer_refused(u->report, path, "refused, since its path leads through a symbolic link");
	else
		transfer_failed(u->report, -r, "make the directories that lead to", path);
}

/* Streams come directory by directory, so that the last one is mostly the right one. */
static int open_parent(struct unpacking *u, size_t place, const char *below, const char **ret_name)
{
	const char *slash = strrchr(below, '/');
	size_t len = slash ? (size_t)(slash - below) : 0;
	*ret_name = slash ? slash + 1 : below;
	if (u->parent >= 0 && u->parent_place == place && strlen(u->parent_path) == len &&
	    memcmp(u->parent_path, below, len) == 0)
		return u->parent;
	cleanup_free char *path = strndup(below, len);
	if (!path)
		return -ENOMEM;
	int fd = unpack_path_open(u->o->places[place].directory, path, true);
	if (fd < 0)
		return fd;
	close_fd(u->parent);
	free(u->parent_path);
	u->parent = fd;
	u->parent_place = place;
	u->parent_path = steal_ptr(path);
	return fd;
}

/* Takes over what is in *e. */
static int remember(struct unpacking *u, struct tar_entry *e, size_t place, const char *below, const struct stat *st)
{
	char *path = strdup(below);
	size_t n = u->pending_count;
	struct pending *bigger = u->pending;
	u->pending_bytes += sizeof(*bigger) + strlen(below);
	for (size_t i = 0; i < e->xattr_count; i++)
		u->pending_bytes += e->xattrs[i].len;
	if (u->pending_bytes > PENDING_BYTES_MAX) {
		free(path);
		return -E2BIG;
	}
	if ((n & (n - 1)) == 0)
		bigger = realloc(u->pending, (n ? n * 2 : 1) * sizeof(*bigger));
	if (!bigger || !path) {
		free(path);
		return -ENOMEM;
	}
	u->pending = bigger;
	bigger[u->pending_count++] =
		(struct pending){.entry = *e, .place = place, .dev = st->st_dev, .ino = st->st_ino};
	*e = (struct tar_entry){0};
	free(bigger[n].entry.path);
	bigger[n].entry.path = path;
	return 0;
}

static int make_directory(struct unpacking *u, struct tar_entry *e, size_t place, const char *below,
			  const struct unpack_target *t)
{
	struct stat st;
	bool is_new = mkdirat(t->parent, t->name, 0700) == 0;
	if (!is_new && errno != EEXIST) {
		int r = -errno;
		transfer_failed(u->report, -r, "make the directory", t->path);
		return r == -ENOSPC || r == -EDQUOT ? r : 0;
	}
	if (fstatat(t->parent, t->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		transfer_failed(u->report, errno, "examine", t->path);
		return 0;
	}
	if (!S_ISDIR(st.st_mode)) {
		transfer_refused(u->report, t->path,
				 "there is something else of that name, which is not replaced by a directory");
		return 0;
	}
	return is_new || u->o->directories ? remember(u, e, place, below, &st) : 0;
}

/* Both names are below one place, and what is linked to is no directory and reached without a link. */
static void make_link(struct unpacking *u, const struct tar_entry *e, size_t place, const struct unpack_target *t)
{
	cleanup_free char *path = NULL, *above = NULL;
	const char *below = NULL;
	size_t other = 0;
	struct stat st;
	const char *why = unpack_path_is_asked(e->link, u->o->asked) ? unpack_path_judge(e->link, u->o->as, &path)
								     : "refused: a hard link to what was not asked for";
	if (!why && (!path || find_place(u, path, &other, &below) < 0 || other != place || !*below))
		why = "refused: a hard link to what is not in this tar stream";
	if (why) {
		transfer_refused(u->report, t->path, why);
		return;
	}
	const char *slash = strrchr(below, '/'), *name = slash ? slash + 1 : below;
	above = strndup(below, slash ? (size_t)(slash - below) : 0);
	cleanup_fd int parent = above ? unpack_path_open(u->o->places[place].directory, above, false) : -ENOMEM;
	int r = parent < 0 ? parent : fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
	if (r == 0 && u->o->strict && !inodes_get(&u->made, &st, NULL)) {
		transfer_refused(u->report, t->path, "refused: a hard link to what is not in this tar stream");
		return;
	}
	struct stat here;
	if (r == 0 && fstatat(t->parent, t->name, &here, AT_SYMLINK_NOFOLLOW) == 0 && here.st_dev == st.st_dev &&
	    here.st_ino == st.st_ino)
		return; /* it is that file already: removing it could remove the last name */
	if (r == 0)
		r = linkat(parent, name, t->parent, t->name, 0) < 0 ? -errno : 0;
	if (r == -EEXIST) {
		r = unpack_clear(t);
		if (r == 0)
			r = linkat(parent, name, t->parent, t->name, 0) < 0 ? -errno : 0;
	}
	if (r < 0)
		transfer_failed(u->report, -r, "make the hard link", t->path);
}

static int make_file(struct unpacking *u, struct tar_entry *e, const struct unpack_target *t)
{
	struct stat made = {0};
	uint64_t stored = e->stored;
	e->stored = 0; /* taken, whatever comes now */
	struct tar_entry whole = *e;
	whole.stored = stored;
	int r = unpack_file(u->from, u->o, &whole, t, u->report, &made);
	if (r == 0 && made.st_ino)
		r = u->made.used >= MADE_MAX ? -E2BIG : inodes_put(&u->made, &made, 0);
	return r;
}

static int make(struct unpacking *u, struct tar_entry *e, size_t place, const char *below)
{
	struct unpack_target t = {.path = below};
	t.parent = open_parent(u, place, below, &t.name);
	if (t.parent < 0) {
		say_parent(u, t.parent, below);
		return t.parent == -ENOSPC || t.parent == -EDQUOT || t.parent == -ENOMEM ? t.parent : 0;
	}
	switch (e->kind) {
	case TAR_FILE:
		return make_file(u, e, &t);
	case TAR_DIRECTORY:
		return make_directory(u, e, place, below, &t);
	case TAR_HARDLINK:
		make_link(u, e, place, &t);
		return 0;
	case TAR_SYMLINK:
		unpack_symlink(u->o, e, &t, u->report);
		return 0;
	default:
		unpack_node(u->o, e, &t, u->report);
		return 0;
	}
}

/* The directory that a place is: its content is put in, and with `roots` it becomes what the entry says. */
static int take_root(struct unpacking *u, struct tar_entry *e, size_t place)
{
	struct stat st;
	if (e->kind != TAR_DIRECTORY) {
		transfer_refused(u->report, *e->path ? e->path : ".", "refused: a directory is there");
		return 0;
	}
	if (!u->o->directories)
		return 0;
	if (fstat(u->o->places[place].directory, &st) < 0)
		return -errno;
	return remember(u, e, place, "", &st);
}

static int check_first(struct unpacking *u, const struct tar_entry *e, struct error *err)
{
	if (u->begun)
		return 0;
	u->begun = true;
	if (u->o->only_directory && e->kind != TAR_DIRECTORY)
		return error_set(err, -ENOTDIR, "the destination directory must exist: what comes is a file");
	if (u->o->only_file && e->kind == TAR_DIRECTORY)
		return error_set(err, -ENOTDIR, "cannot copy a directory over a file");
	return 0;
}

static int take(struct unpacking *u, struct tar_entry *e, struct error *err)
{
	cleanup_free char *path = NULL;
	const char *below = NULL;
	size_t place = 0;
	int r = check_first(u, e, err);
	if (r < 0)
		return r;
	const char *why = unpack_path_is_asked(e->path, u->o->asked) ? unpack_path_judge(e->path, u->o->as, &path)
								     : "refused, since it was not asked for";
	if (why)
		transfer_refused(u->report, e->path, why);
	else if (!path)
		return -ENOMEM;
	else if (find_place(u, path, &place, &below) < 0)
		transfer_refused(u->report, e->path, "refused: it belongs to none of the volumes");
	else if (!*below)
		return take_root(u, e, place);
	else
		return make(u, e, place, below);
	return 0;
}

/* The last ones first: what is in a directory comes after it. */
static void settle(struct unpacking *u)
{
	for (size_t i = u->pending_count; i-- > 0;) {
		const struct pending *p = &u->pending[i];
		struct stat st;
		const char *path = *p->entry.path ? p->entry.path : ".";
		cleanup_fd int at = unpack_path_open(u->o->places[p->place].directory, p->entry.path, false);
		cleanup_fd int fd = at < 0 ? at : openat(at, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 && at >= 0)
			fd = -errno;
		if (fd < 0)
			transfer_failed(u->report, -fd, "open the directory", path);
		else if (fstat(fd, &st) < 0 || st.st_dev != p->dev || st.st_ino != p->ino)
			transfer_refused(u->report, path, "somebody put another directory in its place");
		else
			unpack_set(fd, u->o, &p->entry, path, u->report);
	}
}

static int next(struct unpacking *u, struct tar_reader *reader, struct error *err)
{
	cleanup_tar_entry struct tar_entry e = {0};
	int r = tar_read(reader, &e, err);
	if (r <= 0)
		return r;
	uint32_t padding = e.padding;
	uint64_t content = e.kind == TAR_FILE ? 0 : e.stored;
	r = take(u, &e, err);
	if (r < 0 && !err->code)
		return error_errno(err, r, "cannot unpack the tar stream any further");
	if (r == 0) /* e.stored: of a file that was refused before anything was read */
		r = source_skip(u->from, (content ? content : e.stored) + padding);
	if (r < 0 && !err->code)
		return error_set(err, r, "the tar stream ended early");
	if (r < 0)
		return r;
	transfer_add(u->report, 0, 1);
	return 1;
}

int unpack_from(struct source *from, const struct unpack_options *o, struct transfer_report *report, struct error *err)
{
	__attribute__((cleanup(unpacking_done))) struct unpacking u = {
		.o = o, .from = from, .report = report, .parent = -EBADF};
	struct tar_reader reader = {.from = from};
	int r;
	*err = ERROR_INIT;
	umask(0);
	do
		r = next(&u, &reader, err);
	while (r > 0);
	settle(&u);
	if (r == 0 && !o->strict) /* a container could go on for ever */
		source_drain(from);
	return r;
}

int unpack(int fd, const struct unpack_options *o, struct transfer_report *report, struct error *err)
{
	struct source from;
	int r = source_open(&from, fd, report);
	if (r < 0)
		return error_errno(err, r, "cannot begin");
	r = unpack_from(&from, o, report, err);
	source_done(&from);
	return r;
}

/* SPDX-License-Identifier: ISC */
#include "policy_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"

enum {
	KEEP_FROM = 256 << 10, /* a smaller block is made faster than a kept one is checked */
	SETTLED_S = 2, /* a file that changed just now may change again within one tick of its file system's clock */
	NAMES_MAX = 100000,
};

static const char kept_name[] = "policy";

/* One file or directory that the policy was made of, as it stands in the kept file, with its path behind it. */
struct source {
	uint64_t device, inode, size;
	int64_t modified_s, modified_ns, changed_s, changed_ns;
	uint32_t is_directory;
	uint32_t path_len; /* with its NUL, rounded up to 8 */
};

struct head {
	char magic[8];
	char version[24]; /* of the program that wrote it */
	uint64_t source_bytes, block_bytes;
};

struct trail {
	struct buf sources;
	size_t total; /* bytes read */
	bool settled; /* no source changed just now */
};

static struct source source_of(const struct stat *st, const char *path)
{
	return (struct source){.device = st->st_dev,
			       .inode = st->st_ino,
			       .size = (uint64_t)st->st_size,
			       .modified_s = st->st_mtim.tv_sec,
			       .modified_ns = st->st_mtim.tv_nsec,
			       .changed_s = st->st_ctim.tv_sec,
			       .changed_ns = st->st_ctim.tv_nsec,
			       .is_directory = S_ISDIR(st->st_mode),
			       .path_len = (uint32_t)((strlen(path) + 8) & ~7u)};
}

static void note_source(struct trail *t, const struct stat *st, const char *path)
{
	static const char zeros[8];
	struct source s = source_of(st, path);
	buf_add(&t->sources, &s, sizeof(s));
	buf_add(&t->sources, path, strlen(path));
	buf_add(&t->sources, zeros, s.path_len - strlen(path));
	time_t now = time(NULL);
	if (st->st_ctim.tv_sec > now - SETTLED_S)
		t->settled = false;
}

static bool is_unchanged(int fd, const struct stat *before)
{
	struct stat after;
	return fstat(fd, &after) == 0 && after.st_size == before->st_size &&
	       after.st_mtim.tv_sec == before->st_mtim.tv_sec && after.st_mtim.tv_nsec == before->st_mtim.tv_nsec &&
	       after.st_ctim.tv_sec == before->st_ctim.tv_sec && after.st_ctim.tv_nsec == before->st_ctim.tv_nsec;
}

static int read_source(void *arg, const char *path, char **ret_text, size_t *ret_len, struct error *err)
{
	struct trail *t = arg;
	struct stat st;
	cleanup_fd int fd = rootpath_open(path, O_RDONLY, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, -EINVAL, "%s is not a regular file", path);
	cleanup_free char *text = NULL;
	int r = read_all(fd, POLICY_FILE_MAX, &text, ret_len);
	if (r < 0)
		return error_errno(err, r, "cannot read %s", path);
	if (!is_unchanged(fd, &st) || *ret_len != (size_t)st.st_size)
		return error_set(err, -EAGAIN, "%s was changed while it was read: try again", path);
	r = policy_check_end(text, *ret_len, path, err);
	if (r < 0)
		return r;
	note_source(t, &st, path);
	t->total += *ret_len;
	*ret_text = steal_ptr(text);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_source(void *arg, const char *path, char ***ret_names, struct error *err)
{
	struct stat st;
	int fd = rootpath_open(path, O_RDONLY | O_DIRECTORY, err);
	if (fd < 0)
		return fd;
	DIR *dir = fdopendir(fd);
	if (!dir || fstat(fd, &st) < 0) {
		close_fd(fd);
		return error_errno(err, -errno, "cannot read %s", path);
	}
	cleanup_strv char **names = NULL;
	int r = 0;
	const struct dirent *entry;
	size_t count = 0;
	while (r == 0 && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = ++count > NAMES_MAX ? -E2BIG : strv_add(&names, entry->d_name);
	}
	closedir(dir);
	if (r < 0)
		return error_errno(err, r, "cannot list %s", path);
	note_source(arg, &st, path);
	if (names)
		qsort(names, count, sizeof(*names), by_name);
	else if (!(names = calloc(1, sizeof(*names))))
		return -ENOMEM;
	*ret_names = steal_ptr(names);
	return 0;
}

/* Whether each file and directory is still what it was; all checks of ownership are made again on the way. */
static bool sources_hold(const char *data, size_t len)
{
	while (len > 0) {
		struct source kept;
		struct stat st;
		if (len < sizeof(kept))
			return false;
		memcpy(&kept, data, sizeof(kept));
		data += sizeof(kept);
		len -= sizeof(kept);
		if (kept.path_len == 0 || kept.path_len > len || data[kept.path_len - 1] != '\0')
			return false;
		cleanup_fd int fd = rootpath_open(data, O_PATH, NULL);
		if (fd < 0 || fstat(fd, &st) < 0)
			return false;
		struct source now = source_of(&st, data);
		if (memcmp(&now, &kept, sizeof(now)) != 0)
			return false;
		data += kept.path_len;
		len -= kept.path_len;
	}
	return true;
}

static void fill_head(struct head *h, size_t source_bytes, size_t block_bytes)
{
	memset(h, 0, sizeof(*h));
	memcpy(h->magic, "CCTPOL1", 8);
	snprintf(h->version, sizeof(h->version), "%s", CENTERCTL_VERSION);
	h->source_bytes = source_bytes;
	h->block_bytes = block_bytes;
}

/* The first source is always the file that was asked for. */
static bool use_kept(struct policy_store *s, int dir, const char *path)
{
	struct stat st;
	cleanup_fd int fd = openat(dir, kept_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & 077) ||
	    (size_t)st.st_size < sizeof(struct head))
		return false;
	char *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return false;
	struct head head, expected;
	memcpy(&head, map, sizeof(head));
	fill_head(&expected, head.source_bytes, head.block_bytes);
	size_t room = (size_t)st.st_size - sizeof(head);
	const char *sources = map + sizeof(head);
	if (memcmp(&head, &expected, sizeof(head)) == 0 && head.source_bytes <= room &&
	    head.block_bytes == room - head.source_bytes && head.source_bytes > sizeof(struct source) &&
	    strncmp(sources + sizeof(struct source), path, head.source_bytes - sizeof(struct source)) == 0 &&
	    sources_hold(sources, head.source_bytes))
		s->policy = policy_attach(sources + head.source_bytes, head.block_bytes);
	if (!s->policy) {
		munmap(map, (size_t)st.st_size);
		return false;
	}
	/* What becomes the command is a copy of us until it executes, and shows in the container. */
	madvise(map, (size_t)st.st_size, MADV_DONTFORK);
	s->map = map;
	s->map_len = (size_t)st.st_size;
	return true;
}

/* Best effort: without it every entry reads the files. */
static void keep(const struct policy_store *s, int dir, const struct trail *t)
{
	char temporary[64];
	struct head head;
	size_t size = policy_size(s->policy);
	if (!t->settled || t->sources.failed || size < KEEP_FROM)
		return;
	snprintf(temporary, sizeof(temporary), "%s.%d", kept_name, (int)getpid());
	fill_head(&head, t->sources.len, size);
	cleanup_fd int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (write_full(fd, &head, sizeof(head)) < 0 || write_full(fd, t->sources.data, t->sources.len) < 0 ||
	    write_full(fd, s->policy, size) < 0 || renameat(dir, temporary, dir, kept_name) < 0)
		unlinkat(dir, temporary, 0);
}

void policy_store_done(struct policy_store *s)
{
	free(s->owned);
	if (s->map)
		munmap(s->map, s->map_len);
	*s = (struct policy_store){0};
}

int policy_store_open(struct policy_store *s, const char *path, const char *rundir, struct error *err)
{
	struct error why = ERROR_INIT;
	cleanup_fd int there = rootpath_open(path, O_PATH, &why);
	if (there == -ENOENT)
		return 0;
	if (there < 0)
		return error_set(err, there, "%s", why.text);
	cleanup_fd int dir = rootpath_open_private(AT_FDCWD, rundir, true);
	if (dir >= 0 && use_kept(s, dir, path))
		return 0;
	struct trail t = {.settled = true};
	struct policy_reader reader = {.read = read_source, .list = list_source, .arg = &t};
	int r = policy_load(path, &reader, &s->owned, err);
	s->policy = r == 0 ? s->owned : NULL;
	if (r == 0 && dir >= 0)
		keep(s, dir, &t);
	buf_done(&t.sources);
	return r;
}

/* SPDX-License-Identifier: ISC */
#include "filter_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"

enum { KEPT_MAX = 64 };

struct head {
	char magic[8];
	char version[24]; /* of the program that wrote it: another one may compile otherwise */
	uint64_t device, inode, size;
	int64_t modified_s, modified_ns, changed_s, changed_ns;
	uint64_t start_time;
	uint32_t len;
	uint32_t zero;
};

static bool make_head(struct head *h, uint64_t start_time, int config, uint32_t len)
{
	struct stat st;
	if (fstat(config, &st) < 0)
		return false;
	memset(h, 0, sizeof(*h));
	memcpy(h->magic, "CCTBPF2", 8);
	snprintf(h->version, sizeof(h->version), "%s", CENTERCTL_VERSION);
	h->device = st.st_dev;
	h->inode = st.st_ino;
	h->size = (uint64_t)st.st_size;
	h->modified_s = st.st_mtim.tv_sec;
	h->modified_ns = st.st_mtim.tv_nsec;
	h->changed_s = st.st_ctim.tv_sec;
	h->changed_ns = st.st_ctim.tv_nsec;
	h->start_time = start_time;
	h->len = len;
	return true;
}

static int open_cache(const char *rundir, bool create)
{
	cleanup_fd int run = rootpath_open_private(AT_FDCWD, rundir, create);
	return run < 0 ? run : rootpath_open_private(run, "seccomp", create);
}

static void file_name(char name[96], const char *id, uint64_t start_time, uint32_t extra)
{
	snprintf(name, 96, "%.64s-%" PRIu64 "-%u", id, start_time, extra);
}

bool filter_cache_get(const char *rundir, const char *id, uint64_t start_time, uint32_t extra, int config,
		      struct sock_filter **ret_filter, uint32_t *ret_len)
{
	cleanup_fd int dir = open_cache(rundir, false);
	if (dir < 0)
		return false;
	char name[96];
	file_name(name, id, start_time, extra);
	cleanup_fd int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & 077))
		return false;
	struct head head, expected;
	if (read_full(fd, &head, sizeof(head)) != (long)sizeof(head) || head.len == 0 || head.len > BPF_MAXINSNS)
		return false;
	if (!make_head(&expected, start_time, config, head.len) || memcmp(&head, &expected, sizeof(head)) != 0)
		return false;
	size_t bytes = head.len * sizeof(struct sock_filter);
	if ((size_t)st.st_size != sizeof(head) + bytes)
		return false;
	cleanup_free struct sock_filter *filter = malloc(bytes);
	if (!filter || read_full(fd, filter, bytes) != (long)bytes)
		return false;
	*ret_filter = steal_ptr(filter);
	*ret_len = head.len;
	return true;
}

/* A container that ended leaves its filter behind: when there are many, all go, and the living make theirs again. */
static void prune(int dir)
{
	int copy = fcntl(dir, F_DUPFD_CLOEXEC, 3);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	if (!list) {
		close_fd(copy);
		return;
	}
	size_t count = 0;
	while (readdir(list))
		count++;
	if (count > KEPT_MAX) {
		rewinddir(list);
		for (struct dirent *d; (d = readdir(list));)
			if (d->d_name[0] != '.')
				unlinkat(dir, d->d_name, 0);
	}
	closedir(list);
}

void filter_cache_put(const char *rundir, const char *id, uint64_t start_time, uint32_t extra, int config,
		      const struct sock_filter *filter, uint32_t len)
{
	cleanup_fd int dir = open_cache(rundir, true);
	struct head head;
	uint64_t random;
	if (dir < 0 || len == 0 || len > BPF_MAXINSNS || !make_head(&head, start_time, config, len) ||
	    getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return;
	prune(dir);
	char name[96], fresh[48];
	file_name(name, id, start_time, extra);
	snprintf(fresh, sizeof(fresh), "new-%016" PRIx64, random);
	cleanup_fd int fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (write_full(fd, &head, sizeof(head)) < 0 || write_full(fd, filter, len * sizeof(struct sock_filter)) < 0 ||
	    renameat(dir, fresh, dir, name) < 0)
		unlinkat(dir, fresh, 0);
}

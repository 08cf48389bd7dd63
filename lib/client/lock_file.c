/* SPDX-License-Identifier: ISC */
#include "lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"

enum { STEP_MS = 20 };

/* Who held it before has removed it: then this one is no lock, whoever has it. */
static bool is_still(int directory, const char *name, int fd)
{
	struct stat named, opened;
	return fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &opened) == 0 &&
	       named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

int lock_file_take(int directory, const char *name, int64_t deadline)
{
	for (;;) {
		cleanup_fd int fd = openat(directory, name,
					   O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
		if (fd < 0)
			return -errno;
		int r = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
		if (r == 0 && is_still(directory, name, fd))
			return steal_fd(&fd);
		if (r < 0 && r != -EWOULDBLOCK)
			return r;
		if (left_ms(deadline) == 0)
			return -ETIMEDOUT;
		if (r < 0)
			nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000}, NULL);
	}
}

int lock_file_give(int directory, const char *name, int fd)
{
	if (fd >= 0)
		unlinkat(directory, name, 0);
	return close_fd(fd);
}

/* SPDX-License-Identifier: ISC */
/*
 * Ownership is written at the declaration: `cleanup_free char *s = ...`, `cleanup_fd int fd = -EBADF`. It is given away
 * with steal_ptr() and steal_fd(). Cleanups keep errno and accept what was never set.
 */
#ifndef CENTERCTL_BASE_CLEANUP_H
#define CENTERCTL_BASE_CLEANUP_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Frees what the pointer at p points to and forgets it, so that doing it twice is harmless. Keeps errno. */
static inline void cleanup_free_function(void *p)
{
	int saved = errno;
	free(*(void **)p);
	*(void **)p = NULL;
	errno = saved;
}

/* Closes fd if it is one, keeps errno, and returns -EBADF, so that `fd = close_fd(fd)` leaves nothing behind. */
static inline int close_fd(int fd)
{
	if (fd >= 0) {
		int saved = errno;
		close(fd);
		errno = saved;
	}
	return -EBADF;
}

static inline void cleanup_fd_function(const int *fd)
{
	close_fd(*fd);
}

#define cleanup_free __attribute__((cleanup(cleanup_free_function)))
#define cleanup_fd   __attribute__((cleanup(cleanup_fd_function)))

static inline int steal_fd(int *fd)
{
	int taken = *fd;
	*fd = -EBADF;
	return taken;
}

#define steal_ptr(p)                        \
	({                                  \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif

/* SPDX-License-Identifier: ISC */
/* A directory that is root's alone up to /, which /tmp is not. Tests that need one are skipped for others than root. */
#ifndef CENTERCTL_TESTS_PRIVATE_DIR_H
#define CENTERCTL_TESTS_PRIVATE_DIR_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"

static char private_dir[64];

static inline int private_dir_make(void **state)
{
	(void)state;
	strcpy(private_dir, "/run/centerctl-unit.XXXXXX");
	if (geteuid() != 0 || !mkdtemp(private_dir))
		private_dir[0] = '\0';
	return 0;
}

static inline int private_dir_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline int private_dir_remove(void **state)
{
	(void)state;
	if (private_dir[0])
		nftw(private_dir, private_dir_remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}

/* A path in it, in one of four rooms that are used in turn. */
static inline const char *private_path(const char *name)
{
	static char rooms[4][160];
	static unsigned next;
	char *room = rooms[next++ % 4];
	snprintf(room, sizeof(rooms[0]), "%s/%s", private_dir, name);
	return room;
}

static inline char *private_read(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t len;
	return fd >= 0 && read_all(fd, 16 << 20, &text, &len) == 0 ? text : NULL;
}

static inline void private_write(const char *path, const char *text, size_t len)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write_full(fd, text, len) < 0)
		abort();
}

#define NEEDS_ROOT()                 \
	do {                         \
		if (!private_dir[0]) \
			skip();      \
	} while (0)

#define IN_PRIVATE_DIR(f) cmocka_unit_test_setup_teardown(f, private_dir_make, private_dir_remove)

#endif

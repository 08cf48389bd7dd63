/* SPDX-License-Identifier: ISC */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"

int file_read(int dirfd, const char *path, size_t max, char **ret)
{
	struct stat st;
	cleanup_fd int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	cleanup_free char *data = NULL;
	size_t len;
	int r = read_all(fd, max, &data, &len);
	if (r < 0)
		return r;
	if (strlen(data) != len)
		return -EINVAL;
	*ret = steal_ptr(data);
	return 0;
}

/* SPDX-License-Identifier: ISC */
#include "pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"

int pid_file_prepare(struct pid_file *f, const char *path, struct error *err)
{
	struct stat st;
	/* Renaming over /dev/stdout or a symbolic link would replace what the caller did not mean. */
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(err, -EINVAL, "--pid-file %s is there already, and no regular file", path);
	if (asprintf(&f->temporary, "%s.XXXXXX", path) < 0) {
		f->temporary = NULL;
		return error_errno(err, -ENOMEM, "--pid-file %s", path);
	}
	f->fd = mkostemp(f->temporary, O_CLOEXEC);
	if (f->fd < 0) {
		int code = -errno;
		cleanup_free_function(&f->temporary);
		f->temporary = NULL;
		return error_errno(err, code, "cannot write --pid-file %s", path);
	}
	f->path = path;
	return 0;
}

int pid_file_write(struct pid_file *f, int64_t pid, struct error *err)
{
	char text[32];
	if (f->fd < 0)
		return 0;
	int len = snprintf(text, sizeof(text), "%" PRId64 "\n", pid);
	int r = write_full(f->fd, text, (size_t)len);
	if (r == 0 && (fchmod(f->fd, 0644) < 0 || rename(f->temporary, f->path) < 0))
		r = -errno;
	if (r < 0)
		return error_errno(err, r, "cannot write --pid-file %s", f->path);
	f->fd = close_fd(f->fd);
	return 0;
}

void pid_file_done(struct pid_file *f)
{
	if (f->fd >= 0)
		unlink(f->temporary);
	f->fd = close_fd(f->fd);
	free(f->temporary);
	f->temporary = NULL;
}

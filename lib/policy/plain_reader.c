/* SPDX-License-Identifier: ISC */
#include "plain_reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"

static int open_path(const struct plain_reader *state, const char *path, int flags, struct error *err)
{
	if (state->rooted)
		return rootpath_open(path, flags, err);
	/* Not waiting for the other end of a FIFO. */
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? error_errno(err, -errno, "%s", path) : fd;
}

static int read_file(void *arg, const char *path, char **ret_text, size_t *ret_len, struct error *err)
{
	struct plain_reader *state = arg;
	struct stat st;
	cleanup_fd int fd = open_path(state, path, O_RDONLY, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return error_errno(err, -errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, -EINVAL, "%s is not a regular file", path);
	cleanup_free char *text = NULL;
	int r = read_all(fd, POLICY_FILE_MAX, &text, ret_len);
	if (r < 0)
		return error_errno(err, r, "%s", path);
	r = policy_check_end(text, *ret_len, path, err);
	if (r < 0)
		return r;
	*ret_text = steal_ptr(text);
	state->files++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_names(void *arg, const char *directory, char ***ret_names, struct error *err)
{
	struct plain_reader *state = arg;
	char **names = NULL;
	int fd = open_path(state, directory, O_RDONLY | O_DIRECTORY, err);
	if (fd < 0)
		return fd;
	DIR *dir = fdopendir(fd);
	int r = dir ? 0 : -errno;
	errno = 0;
	for (struct dirent *e; r == 0 && (e = readdir(dir));)
		r = strv_add(&names, e->d_name);
	if (r == 0 && errno)
		r = -errno;
	if (dir)
		closedir(dir);
	else
		close(fd);
	if (r < 0) {
		strv_free(names);
		return error_errno(err, r, "%s", directory);
	}
	if (names)
		qsort(names, strv_len(names), sizeof(*names), compare);
	*ret_names = names;
	return 0;
}

struct policy_reader plain_reader(struct plain_reader *state)
{
	return (struct policy_reader){.read = read_file, .list = list_names, .arg = state};
}

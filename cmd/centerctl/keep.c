/* SPDX-License-Identifier: ISC */
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

void keep_done(struct keep *k)
{
	for (int i = 0; i < 2; i++)
		if (k->fd[i] > 0)
			close(k->fd[i]);
	free(k->output);
	free(k->errors);
	free(k->directory);
	*k = (struct keep){0};
}

/* O_NOCTTY: a terminal that is named must not become that of a caller who has none. */
static int open_file(const char *path, int *ret, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0 && errno == EISDIR)
		return error_set(err, -EISDIR, "--output %s: that is a directory; name a file in it", path);
	if (fd < 0)
		return error_errno(err, -errno, "--output: cannot write to %s", path);
	*ret = fd;
	return 0;
}

static int print_path(char **ret, const char *a, const char *b, struct error *err)
{
	if (asprintf(ret, "%s%s", a, b) >= 0)
		return 0;
	*ret = NULL;
	return error_errno(err, -ENOMEM, "--output");
}

static int make_directory(struct keep *k, struct error *err)
{
	const char *below = getenv("TMPDIR");
	int r = print_path(&k->directory, below && *below == '/' ? below : "/tmp", "/centerctl-debug.XXXXXX", err);
	if (r < 0 || mkdtemp(k->directory))
		return r;
	r = error_errno(err, -errno, "cannot make a directory for the output: %s", k->directory);
	free(k->directory);
	k->directory = NULL;
	return r;
}

static int name_files(struct keep *k, const char *output, bool both, struct error *err)
{
	if (output) {
		int r = print_path(&k->output, output, "", err);
		return r == 0 && both ? print_path(&k->errors, output, ".err", err) : r;
	}
	int r = make_directory(k, err);
	if (r == 0)
		r = print_path(&k->output, k->directory, "/stdout", err);
	return r == 0 ? print_path(&k->errors, k->directory, "/stderr", err) : r;
}

int keep_open(struct keep *k, const char *output, bool both, struct error *err)
{
	if (output && strcmp(output, "-") == 0)
		return 0;
	int r = name_files(k, output, both, err);
	if (r == 0)
		r = open_file(k->output, &k->fd[0], err);
	if (r == 0 && k->errors)
		r = open_file(k->errors, &k->fd[1], err);
	if (r < 0)
		keep_drop(k);
	return r;
}

void keep_drop(struct keep *k)
{
	if (!k->directory)
		return;
	unlink(k->output ? k->output : "");
	unlink(k->errors ? k->errors : "");
	rmdir(k->directory);
	free(k->output);
	free(k->errors);
	k->output = k->errors = NULL;
}

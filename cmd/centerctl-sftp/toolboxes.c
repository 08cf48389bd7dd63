/* SPDX-License-Identifier: ISC */
#include "toolboxes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"

int toolboxes_try(const char *directory, int (*try)(void *arg, int root, struct error *err), void *arg,
		  struct error *err)
{
	char path[PATH_MAX];
	struct dirent **names;
	int count = scandir(directory, &names, NULL, alphasort), r = -ENOENT;
	for (int i = 0; i < count; i++) {
		cleanup_fd int root = -EBADF;
		if (r == -ENOENT && is_toolbox_name(names[i]->d_name) &&
		    (size_t)snprintf(path, sizeof(path), "%s/%s/root", directory, names[i]->d_name) < sizeof(path))
			root = rootpath_open(path, O_PATH | O_DIRECTORY, NULL);
		if (root >= 0)
			r = try(arg, root, err);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return r;
}

/* SPDX-License-Identifier: ISC */
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"

enum { HEX_LEN = 64, BUILDKIT_LEN = 25 };

static bool is_plain(const char *path)
{
	size_t len = strlen(path);
	return path[0] == '/' && len < PATH_MAX && path[len - 1] != '/' && !strstr(path, "//") &&
	       !strstr(path, "/./") && !strstr(path, "/../");
}

/* id ends with a slash, or there is none. */
static bool is_id(const char *id)
{
	const char *slash = strchr(id, '/');
	size_t len = slash ? (size_t)(slash - id) : 0;
	size_t hex = strspn(id, "0123456789abcdef");
	if (hex >= HEX_LEN)
		return hex == HEX_LEN && (len == HEX_LEN || (len == HEX_LEN + 5 && str_starts(id + hex, "-init/")));
	return len == BUILDKIT_LEN && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz") == len;
}

/* What stands behind the last component of that name, or NULL. */
static const char *behind(const char *path, const char *component)
{
	const char *last = NULL;
	for (const char *at = path; (at = strstr(at, component)); at++)
		last = at + strlen(component);
	return last;
}

bool layer_is_path(const char *path)
{
	if (!is_plain(path))
		return false;
	const char *id = behind(path, "/overlay2/");
	if (!id)
		id = behind(path, "/overlay/");
	if (!id || !is_id(id))
		return false;
	/* A container writes what it likes to its own layer and to its volumes, paths that look like layers too. */
	return strcmp(strchr(id, '/'), "/diff") == 0 && !strstr(path, "/diff/") && !strstr(path, "/merged/") &&
	       !strstr(path, "/volumes/") && !strstr(path, "/_data/");
}

int layer_open(const char *path, struct error *err)
{
	char parent[PATH_MAX];
	struct stat st;
	if (!layer_is_path(path))
		return error_set(err, -EPERM, "%s is not how an engine's overlay driver names a layer: refused", path);
	snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(path, '/') - path), path);
	cleanup_fd int at = rootpath_open(parent, O_PATH | O_DIRECTORY, err);
	if (at < 0)
		return at;
	cleanup_fd int fd = openat(at, "diff", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, -errno, "cannot open %s", path);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, -ENOTDIR, "%s is no directory: refused as a layer of an image", path);
	return steal_fd(&fd);
}

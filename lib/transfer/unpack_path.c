/* SPDX-License-Identifier: ISC */
#include "unpack_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* What pack() reads at most; and what Landlock asks of each file on its way up is bounded. */
enum { DEPTH_MAX = 1000 };

static void add_component(struct buf *to, const char *text, size_t len)
{
	if (to->len > 0)
		buf_add(to, "/", 1);
	buf_add(to, text, len);
}

const char *unpack_path_judge(const char *name, const char *as, char **ret)
{
	cleanup_buf struct buf b = {0};
	bool first = true;
	int depth = 0;
	*ret = NULL;
	if (*name == '/')
		return "refused, since the name is an absolute path";
	for (const char *c = name; *c;) {
		size_t len = strcspn(c, "/");
		if (len == 2 && c[0] == '.' && c[1] == '.')
			return "refused, since there is a \"..\" in the name";
		if (len > NAME_MAX)
			return "refused, since a part of the name is longer than 255 bytes";
		if (len > 0 && ++depth > DEPTH_MAX)
			return "refused, since it is more than 1000 directories deep";
		if (len > 0 && first && as)
			add_component(&b, as, strlen(as));
		else if (len > 1 || (len == 1 && *c != '.'))
			add_component(&b, c, len);
		first = first && len == 0;
		c += len + (c[len] == '/');
	}
	const char *text = buf_text(&b);
	*ret = text ? strdup(text) : NULL;
	return NULL;
}

bool unpack_path_is_asked(const char *name, const char *asked)
{
	if (!asked)
		return true;
	const char *rest = str_after(name, asked);
	return rest && (*rest == '\0' || *rest == '/');
}

const char *unpack_path_below(const char *path, const char *name)
{
	if (!*name)
		return path;
	const char *rest = str_after(path, name);
	if (!rest || (*rest && *rest != '/'))
		return NULL;
	return rest + (*rest == '/');
}

/* O_NOFOLLOW with O_DIRECTORY says ENOTDIR of a link; people want to know that it is one. */
static int why_not(int at, const char *name, int errnum)
{
	struct stat st;
	if (errnum == ENOTDIR && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		return -ELOOP;
	return -errnum;
}

static int step(int at, const char *name, bool create)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(at, name, flags);
	if (fd >= 0)
		return fd;
	if (errno != ENOENT || !create)
		return why_not(at, name, errno);
	if (mkdirat(at, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(at, name, flags);
	return fd >= 0 ? fd : why_not(at, name, errno);
}

int unpack_path_open(int from, const char *path, bool create)
{
	char name[NAME_MAX + 1];
	cleanup_fd int at = openat(from, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -errno;
	while (*path) {
		size_t len = strcspn(path, "/");
		if (len == 0 || len > NAME_MAX)
			return -EINVAL;
		memcpy(name, path, len);
		name[len] = '\0';
		int next = step(at, name, create);
		if (next < 0)
			return next;
		close(at);
		at = next;
		path += len + (path[len] == '/');
	}
	return steal_fd(&at);
}

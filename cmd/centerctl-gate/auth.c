/* SPDX-License-Identifier: ISC */
#include "auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/gate/registry.h"

static int open_own(const char *path, struct error *err)
{
	struct stat st;
	cleanup_fd int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, -errno, "cannot open what sshd wrote about the key (SSH_USER_AUTH)");
	if (!S_ISREG(st.st_mode) || st.st_uid != getuid() || (st.st_mode & 077) || st.st_nlink != 1)
		return error_set(err, -EPERM, "the file that SSH_USER_AUTH names is not sshd's");
	return steal_fd(&fd);
}

int auth_read(const char *path, struct key *ret, struct error *err)
{
	cleanup_fd int fd = open_own(path, err);
	cleanup_free char *text = NULL;
	size_t len;
	if (fd < 0)
		return fd;
	int r = read_all(fd, GATE_AUTH_MAX, &text, &len);
	if (r < 0)
		return error_errno(err, r, "cannot read what sshd wrote about the key (SSH_USER_AUTH)");
	r = auth_parse(text, len, ret, err);
	if (r < 0)
		error_prepend(err, "what sshd wrote about the key (SSH_USER_AUTH) cannot be used");
	return r;
}

int auth_identify(const struct forced *forced, struct identity *ret, char **ret_container, struct error *err)
{
	cleanup_key struct key key = {0};
	cleanup_registry struct registry registry = {0};
	const char *path = getenv("SSH_USER_AUTH");
	int r = path ? auth_read(path, &key, err) : 0;
	if (r < 0)
		return r;
	struct identity_sources from = {
		.forced = forced,
		.proved = getenv("SSH_ORIGINAL_COMMAND") != NULL,
		.key = r > 0 ? &key : NULL,
		.exposed = path != NULL,
		.connection = getenv("SSH_CONNECTION"),
		.registry = &registry,
	};
	r = registry_open(REGISTRY_PATH, &registry, err);
	return r < 0 ? r : identity_find(&from, ret, ret_container, err);
}

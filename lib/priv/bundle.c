/* SPDX-License-Identifier: ISC */
#include "bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "sys.h"

const char *bundle_conmon_option(const char *cmdline, size_t len, const char *option)
{
	const char *end = cmdline + len;
	for (const char *at = cmdline; at < end; at += strlen(at) + 1)
		if (strcmp(at, option) == 0 && at + strlen(at) + 1 < end)
			return at + strlen(at) + 1;
	return NULL;
}

/* config.json below dir, if only root can have written it. */
static int open_config(int dir, const char *where, struct bundle_file *ret, struct error *err)
{
	cleanup_fd int fd = sys_openat2(dir, "config.json", O_RDONLY | O_NONBLOCK,
					RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & 022))
		return error_set(err, -EPERM,
				 "%s/config.json is not a file that root alone can write: refusing to believe it",
				 where);
	ret->fd = steal_fd(&fd);
	snprintf(ret->dir, sizeof(ret->dir), "%s", where);
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static int read_link(int dir, const char *name, char *buf, size_t size)
{
	ssize_t n = readlinkat(dir, name, buf, size - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return 0;
}

/*
 * The runtime writes down which process is the container's first. Another one may have been given more than the
 * container has (docker exec --privileged), and would raise the ceiling. A runtime that leaves no such file is
 * believed.
 */
static int check_first(int dir, pid_t pid, struct error *err)
{
	char text[24] = "";
	uint64_t first;
	cleanup_fd int fd = sys_openat2(dir, "init.pid", O_RDONLY | O_NONBLOCK,
					RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (read_full(fd, text, sizeof(text) - 1) < 0)
		return -EIO;
	text[strcspn(text, "\n")] = '\0';
	if (parse_u64(text, INT32_MAX, &first) < 0 || (pid_t)first != pid)
		return error_set(err, -EPERM,
				 "process %d is in the container, but not its first process, which is %s: refusing to "
				 "take its rights for the container's",
				 (int)pid, text);
	return 0;
}

/* containerd-shim works in the bundle, whose last component is the container's ID. */
static int from_shim(const struct target *t, int parent, const char *id, struct bundle_file *ret, struct error *err)
{
	char cwd[4096];
	int r = read_link(parent, "cwd", cwd, sizeof(cwd));
	if (r < 0)
		return r;
	if (strcmp(base_name(cwd), id) != 0)
		return -ENOENT;
	cleanup_fd int dir = openat(parent, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	ret->kind = BUNDLE_DOCKER;
	r = check_first(dir, t->pid, err);
	return r < 0 ? r : open_config(dir, cwd, ret, err);
}

static int from_conmon(int parent, const char *id, struct bundle_file *ret, struct error *err)
{
	cleanup_fd int fd = proc_open(parent, "cmdline", O_RDONLY);
	cleanup_free char *text = NULL;
	size_t len;
	int r = fd < 0 ? fd : read_all(fd, 1 << 17, &text, &len);
	if (r < 0)
		return r;
	const char *of = bundle_conmon_option(text, len, "-c");
	const char *path = bundle_conmon_option(text, len, "-b");
	if (!of || !path || strcmp(of, id) != 0 || path[0] != '/')
		return -ENOENT;
	cleanup_fd int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	ret->kind = BUNDLE_PODMAN;
	return open_config(dir, path, ret, err);
}

/*
 * The supervisor is root's own process outside of every container, or its word is worth nothing: inside, a root may
 * call a process as he likes and have children.
 */
static bool is_outside_and_roots(const struct target *t, int parent)
{
	cleanup_free char *text = NULL, *groups = NULL;
	cleanup_proc_status struct proc_status s = {0};
	cleanup_proc_cgroups struct proc_cgroups c = {.count = 0};
	if (proc_read(parent, "status", &text, NULL) < 0 || proc_status_parse(text, &s) < 0)
		return false;
	if (proc_read(parent, "cgroup", &groups, NULL) < 0 || proc_cgroups_parse(groups, &c) < 0)
		return false;
	return s.uid[0] == 0 && s.uid[1] == 0 && proc_cgroups_prove(&c, &t->own_cgroups, "", NULL) == -ENOENT;
}

static int from_supervisor(const struct target *t, const char *id, struct bundle_file *ret, struct error *err)
{
	char name[32], exe[4096];
	if (t->ppid <= 1)
		return -ENOENT;
	snprintf(name, sizeof(name), "%d", (int)t->ppid);
	cleanup_fd int parent = proc_open(t->proc, name, O_PATH | O_DIRECTORY);
	if (parent < 0 || !is_outside_and_roots(t, parent) || read_link(parent, "exe", exe, sizeof(exe)) < 0)
		return -ENOENT;
	if (str_starts(base_name(exe), "containerd-shim"))
		return from_shim(t, parent, id, ret, err);
	if (str_starts(base_name(exe), "conmon"))
		return from_conmon(parent, id, ret, err);
	return -ENOENT;
}

/* Where they are by default, for a container whose supervisor has died or been replaced. */
static int from_places(const char *id, struct bundle_file *ret, struct error *err)
{
	static const struct {
		const char *format;
		enum bundle_kind kind;
	} places[] = {
		{"/run/containerd/io.containerd.runtime.v2.task/moby/%s", BUNDLE_DOCKER},
		{"/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/%s", BUNDLE_DOCKER},
		{"/var/lib/containers/storage/overlay-containers/%s/userdata", BUNDLE_PODMAN},
		{"/var/lib/containers/storage/vfs-containers/%s/userdata", BUNDLE_PODMAN},
	};
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char path[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(path, sizeof(path), places[i].format, id);
#pragma GCC diagnostic pop
		cleanup_fd int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			continue;
		ret->kind = places[i].kind;
		int r = open_config(dir, path, ret, err);
		if (r != -ENOENT)
			return r;
	}
	return -ENOENT;
}

int bundle_open(const struct target *t, const char *id, struct bundle_file *ret, struct error *err)
{
	*ret = (struct bundle_file){.fd = -EBADF};
	int r = from_supervisor(t, id, ret, err);
	if (r == -ENOENT || r == -ESRCH)
		r = from_places(id, ret, err);
	if (r == -ENOENT)
		error_set(err, r,
			  "cannot find the OCI bundle (config.json) of container %.12s: neither its supervisor "
			  "(process %d) nor the usual places have it",
			  id, (int)t->ppid);
	else if (r < 0 && err && !err->code)
		error_errno(err, r, "cannot open the OCI bundle of container %.12s", id);
	return r;
}

/* SPDX-License-Identifier: ISC */
#include "toolbox.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "config.h"
#include "hook.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"
#include "layer.h"
#include "sys.h"

static const char toolbox_dir[] = CENTERCTL_STATEDIR "/toolbox";

enum { LAYERS_FILE_MAX = 1 << 20, LAYERS_JOINED_MAX = 10, STATIC_MAX = 64 << 20 };

void toolbox_done(struct toolbox *t)
{
	close_fd(t->root);
	close_fd(t->dev);
	close_fd(t->tmp);
	close_fd(t->source);
	*t = TOOLBOX_INIT;
}

struct layers {
	int fd[TOOLBOX_LAYERS_MAX];
	size_t count;
};

static void layers_done(struct layers *l)
{
	while (l->count > 0)
		close_fd(l->fd[--l->count]);
}

static int add_layer(struct layers *l, const char *path, struct error *err)
{
	if (l->count == TOOLBOX_LAYERS_MAX)
		return error_set(err, -E2BIG, "more than %d layers", TOOLBOX_LAYERS_MAX);
	/* An engine that remaps users gives its layers to them; anything else must be root's altogether. */
	int fd = layer_is_path(path) ? layer_open(path, err) : rootpath_open(path, O_PATH | O_DIRECTORY, err);
	if (fd < 0)
		return fd;
	l->fd[l->count++] = fd;
	return 0;
}

static int read_layers(struct layers *l, const char *file, struct error *err)
{
	cleanup_fd int fd = rootpath_open(file, O_RDONLY, err);
	cleanup_free char *text = NULL;
	size_t len;
	if (fd < 0)
		return fd;
	int r = read_all(fd, LAYERS_FILE_MAX, &text, &len);
	if (r < 0)
		return error_errno(err, r, "cannot read %s", file);
	for (char *line = text; r == 0 && line && *line;) {
		char *next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		r = add_layer(l, line, err);
		line = next;
	}
	if (r == -ENOENT)
		return error_prepend(err, "a layer of toolbox %s is gone: if its image was removed, add it again",
				     file);
	return r;
}

static int say_missing(const char *name, struct error *err)
{
	return error_set(
		err, -ENOENT,
		"there is no toolbox \"%s\": make one with centerctl toolbox build %s, see centerctl toolbox ls", name,
		name);
}

static int find_layers(struct layers *l, const char *name, struct error *err)
{
	if (*name == '/')
		return add_layer(l, name, err);
	if (!is_toolbox_name(name))
		return error_set(err, -EINVAL, "\"%s\" is no toolbox's name", name);
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", toolbox_dir, name);
	cleanup_fd int dir = rootpath_open(path, O_PATH | O_DIRECTORY, err);
	if (dir == -ENOENT)
		return say_missing(name, err);
	if (dir < 0)
		return dir;
	snprintf(path, sizeof(path), "%s/%s/layers", toolbox_dir, name);
	if (faccessat(dir, "layers", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return read_layers(l, path, err);
	if (faccessat(dir, "tool", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(err, -EINVAL, "toolbox \"%s\" is one static program: use it with --static %s", name,
				 name);
	snprintf(path, sizeof(path), "%s/%s/root", toolbox_dir, name);
	return add_layer(l, path, err);
}

static int file_system_error(const char *type, struct error *err)
{
	int code = -errno;
	if (code == -ENOSYS)
		return sys_missing(err, "fsopen", "5.2");
	if (code == -ENODEV)
		return error_set(err, code, "this kernel has no %s file system: modprobe %s", type, type);
	return error_errno(err, code, "cannot make a file system for the toolbox (%s)", type);
}

static int set_option(int fs, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0);
}

static int create_mount(int fs, unsigned attributes)
{
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes);
}

/*
 * By descriptor, so that no path is looked up twice, needs quoting, or makes the text longer than the 255 bytes that
 * fsconfig(2) takes. More layers than fit into it are named one by one, which Linux 6.5 and later knows.
 */
static int set_layers(int fs, int skeleton, const struct layers *l)
{
	char text[256] = "";
	bool joined = l->count <= LAYERS_JOINED_MAX;
	for (size_t i = 0; i <= l->count; i++) {
		size_t used = joined ? strlen(text) : 0;
		snprintf(text + used, sizeof(text) - used, "%s/proc/self/fd/%d", used ? ":" : "",
			 i == 0 ? skeleton : l->fd[i - 1]);
		if (!joined && set_option(fs, "lowerdir+", text) < 0)
			return -1;
	}
	return joined ? set_option(fs, "lowerdir", text) : 0;
}

static int mount_overlay(int skeleton, const struct layers *l, struct error *err)
{
	cleanup_fd int fs = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
	if (fs < 0)
		return file_system_error("overlay", err);
	if (set_layers(fs, skeleton, l) < 0 && l->count > LAYERS_JOINED_MAX)
		return error_set(err, -errno,
				 "the toolbox has %zu layers, and before Linux 6.5 it can have %d: docker export a "
				 "container of that image into one directory, and add that",
				 l->count, LAYERS_JOINED_MAX);
	if (set_option(fs, "ro", NULL) < 0)
		return file_system_error("overlay", err);
	int root = create_mount(fs, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	return root < 0 ? file_system_error("overlay", err) : root;
}

static int mount_tmpfs(const char *mode, const char *size, unsigned attributes, struct error *err)
{
	cleanup_fd int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	int fd = -1;
	if (fs >= 0 && set_option(fs, "mode", mode) == 0 && set_option(fs, "size", size) == 0)
		fd = create_mount(fs, attributes);
	return fd < 0 ? file_system_error("tmpfs", err) : fd;
}

/* Devices of our own: what the container has there it may have replaced. */
static int fill_dev(int dev)
{
	static const struct {
		const char *name;
		unsigned minor, major;
	} nodes[] = {{"null", 3, 1},   {"zero", 5, 1},	  {"full", 7, 1},
		     {"random", 8, 1}, {"urandom", 9, 1}, {"tty", 0, 5}};
	static const char *const links[][2] = {{"/proc/self/fd", "fd"},
					       {"/proc/self/fd/0", "stdin"},
					       {"/proc/self/fd/1", "stdout"},
					       {"/proc/self/fd/2", "stderr"},
					       {"pts/ptmx", "ptmx"}};
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		if (mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)) < 0 ||
		    fchmodat(dev, nodes[i].name, 0666, 0) < 0)
			return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (symlinkat(links[i][0], dev, links[i][1]) < 0)
			return -errno;
	if (mkdirat(dev, "pts", 0755) < 0 || mkdirat(dev, "shm", 0777) < 0 || fchmodat(dev, "shm", 01777, 0) < 0 ||
	    fchmodat(dev, "pts", 0755, 0) < 0)
		return -errno;
	return 0;
}

int toolbox_open(struct toolbox *t, const char *name, const char *skeleton, struct error *err)
{
	struct layers l = {.count = 0};
	cleanup_fd int base = rootpath_open(skeleton, O_PATH | O_DIRECTORY, err);
	int r = base < 0 ? base : find_layers(&l, name, err);
	if (r == 0)
		r = t->root = mount_overlay(base, &l, err);
	layers_done(&l);
	if (r >= 0)
		r = t->tmp = mount_tmpfs("1777", "512m", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, err);
	if (r >= 0)
		r = t->dev = mount_tmpfs("0755", "64m", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, err);
	if (r < 0)
		return r;
	r = fill_dev(t->dev);
	return r < 0 ? error_errno(err, r, "cannot make devices for the toolbox") : 0;
}

int toolbox_open_source(struct toolbox *t, const char *path, struct error *err)
{
	cleanup_fd int fd = sys_open_tree(AT_FDCWD, path, 0);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, -errno, "cannot open the directory %s (--source)", path);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, -ENOTDIR, "%s is no directory (--source)", path);
	if (hook_fails("mount_setattr") ||
	    sys_mount_setattr(fd, 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV) < 0)
		return errno == ENOSYS ? sys_missing(err, "mount_setattr (--source)", "5.12")
				       : error_errno(err, -errno, "cannot make %s read-only (--source)", path);
	t->source = steal_fd(&fd);
	return 0;
}

/* With an interpreter, or of another format, it would need what the container may not have. */
static bool is_static(int fd)
{
	Elf64_Ehdr head;
	if (pread(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_phentsize != sizeof(Elf64_Phdr))
		return false;
	for (unsigned i = 0; i < head.e_phnum; i++) {
		Elf64_Phdr part;
		if (pread(fd, &part, sizeof(part), (off_t)(head.e_phoff + i * sizeof(part))) != (ssize_t)sizeof(part) ||
		    part.p_type == PT_INTERP)
			return false;
	}
	return true;
}

static int find_static(const char *name, char path[512], struct error *err)
{
	if (*name == '/') {
		snprintf(path, 512, "%s", name);
		return rootpath_open(path, O_RDONLY, err);
	}
	if (!is_toolbox_name(name))
		return error_set(err, -EINVAL, "\"%s\" is no toolbox's name", name);
	snprintf(path, 512, "%s/%s/tool", toolbox_dir, name);
	int fd = rootpath_open(path, O_RDONLY, err);
	if (fd != -ENOENT || strcmp(name, "busybox") != 0)
		return fd == -ENOENT
			       ? error_set(err, fd,
					   "there is no static program \"%s\": centerctl toolbox add %s --static FILE "
					   "makes one",
					   name, name)
			       : fd;
	/* Not through /bin, which is a symbolic link on most. */
	snprintf(path, 512, "/usr/bin/busybox");
	fd = rootpath_open(path, O_RDONLY, err);
	if (fd != -ENOENT)
		return fd;
	snprintf(path, 512, "/bin/busybox");
	fd = rootpath_open(path, O_RDONLY, err);
	return fd == -ENOENT ? error_set(err, fd, "there is no busybox on this host: install busybox-static") : fd;
}

int toolbox_open_static(const char *name, struct error *err)
{
	char path[512];
	struct stat st;
	cleanup_fd int fd = find_static(name, path, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > STATIC_MAX || !is_static(fd))
		return error_set(err, -ENOEXEC,
				 "%s is no static program of this machine: for busybox install busybox-static", path);
	int copy = sys_sealed_copy(fd, name);
	return copy < 0 ? error_errno(err, copy, "cannot make a copy of %s in memory", path) : copy;
}

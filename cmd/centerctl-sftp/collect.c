/* SPDX-License-Identifier: ISC */
#include "collect.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"

/* As Debian calls the directories of this architecture; "" elsewhere, where there are none. */
#if defined(__x86_64__)
#define MULTIARCH "x86_64-linux-gnu"
#elif defined(__i386__)
#define MULTIARCH "i386-linux-gnu"
#elif defined(__aarch64__)
#define MULTIARCH "aarch64-linux-gnu"
#elif defined(__arm__)
#define MULTIARCH "arm-linux-gnueabihf"
#elif defined(__riscv)
#define MULTIARCH "riscv64-linux-gnu"
#elif defined(__powerpc64__)
#define MULTIARCH "powerpc64le-linux-gnu"
#elif defined(__s390x__)
#define MULTIARCH "s390x-linux-gnu"
#else
#define MULTIARCH "."
#endif

static const char *const directories[] = {"/lib/" MULTIARCH, "/usr/lib/" MULTIARCH, "/lib64", "/usr/lib64", "/lib",
					  "/usr/lib"};

void collection_done(struct collection *c)
{
	for (size_t i = 0; i < c->count; i++) {
		munmap(c->objects[i].data, c->objects[i].len);
		elf_needs_done(&c->objects[i].needs);
		free(c->objects[i].path);
	}
	c->count = 0;
}

/*
 * The path is followed below the root first, links and all, and what it leads to is opened again without any: every
 * component of that is looked at.
 */
static int open_file(int root, const char *path, struct error *err)
{
	char link[64], real[PATH_MAX];
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	struct stat st, opened;
	cleanup_fd int handle = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (handle < 0 || fstat(handle, &st) < 0)
		return error_errno(err, -errno, "cannot open %s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, -EPERM, "%s is no regular file", path);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", handle);
	ssize_t len = readlink(link, real, sizeof(real) - 1);
	if (len < 0)
		return error_errno(err, -errno, "cannot tell where %s is", path);
	real[len] = '\0';
	cleanup_fd int fd = rootpath_open(real, O_RDONLY, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &opened) < 0 || opened.st_dev != st.st_dev || opened.st_ino != st.st_ino)
		return error_set(err, -EAGAIN, "%s was replaced while it was opened: try again", real);
	return steal_fd(&fd);
}

static int map(int fd, struct object *o, struct error *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return error_errno(err, -errno, "cannot examine %s", o->path);
	if (st.st_size == 0 || st.st_size > ELF_FILE_MAX)
		return error_set(err, -EFBIG, "%s is empty, or larger than %d bytes", o->path, ELF_FILE_MAX);
	o->len = (size_t)st.st_size;
	o->data = mmap(NULL, o->len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	return o->data == MAP_FAILED ? error_errno(err, -errno, "cannot map %s", o->path) : 0;
}

int collect_file(int root, const char *path, enum pack_role role, struct collection *ret, struct error *err)
{
	struct object o = {.role = role};
	cleanup_fd int fd = open_file(root, path, err);
	if (fd < 0)
		return fd;
	if (ret->count >= PACK_FILES_MAX)
		return error_set(err, -E2BIG, "more than %d files are needed", PACK_FILES_MAX);
	o.path = strdup(path);
	if (!o.path)
		return error_errno(err, -ENOMEM, "%s", path);
	int r = map(fd, &o, err);
	if (r == 0) {
		r = elf_read(o.data, o.len, &o.needs, err);
		if (r < 0) {
			error_prepend(err, "%s cannot be used", path);
			munmap(o.data, o.len);
		}
	}
	if (r < 0) {
		free(o.path);
		return r;
	}
	ret->objects[ret->count++] = o;
	return 0;
}

/* Loaded already, or the loader itself: a name is met by whatever calls itself that. */
static bool has(const struct collection *c, const char *soname)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->objects[i].needs.soname && strcmp(c->objects[i].needs.soname, soname) == 0)
			return true;
	return false;
}

/*
 * One directory. 0: taken; 1: it is not there. A file that calls itself something else would not meet what is needed,
 * and one of another architecture is passed over, as the loader does.
 */
static int try_directory(int root, const char *directory, const char *name, struct collection *c, struct error *err)
{
	char path[PATH_MAX];
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", directory, name) >= sizeof(path))
		return 1;
	int r = collect_file(root, path, PACK_PRELOAD, c, err);
	if (r == -ENOENT || r == -ENOTDIR || r == -ENOEXEC)
		return 1;
	if (r == 0 && !has(c, name))
		return error_set(err, -EINVAL, "%s does not call itself %s", path, name);
	return r;
}

static void directory_of(const char *path, char room[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	snprintf(room, PATH_MAX, "%.*s", slash ? (int)(slash - path) : 0, path);
}

/* DT_RUNPATH: directories between colons, in which $ORIGIN is where the object is. */
static int try_runpath(int root, const struct object *of, const char *name, struct collection *c, struct error *err)
{
	char origin[PATH_MAX], directory[2 * PATH_MAX];
	const char *at = of->needs.runpath;
	directory_of(of->path, origin);
	while (at && *at) {
		size_t len = strcspn(at, ":");
		const char *rest = str_after(at, "$ORIGIN");
		rest = rest ? rest : str_after(at, "${ORIGIN}");
		const char *from = rest && rest <= at + len ? rest : at;
		snprintf(directory, sizeof(directory), "%s%.*s", from != at ? origin : "",
			 (int)(len - (size_t)(from - at)), from);
		int r = *directory == '/' ? try_directory(root, directory, name, c, err) : 1;
		if (r <= 0)
			return r;
		at += len + (at[len] == ':');
	}
	return 1;
}

static int find_needed(int root, size_t of, const char *interpreter, const char *name, struct collection *c,
		       struct error *err)
{
	char beside[PATH_MAX];
	if (has(c, name))
		return 0;
	if (strchr(name, '/'))
		return error_set(err, -EINVAL, "%s needs %s, by a path", c->objects[of].path, name);
	int r = try_runpath(root, &c->objects[of], name, c, err);
	directory_of(interpreter, beside);
	if (r == 1)
		r = try_directory(root, beside, name, c, err);
	for (size_t i = 0; r == 1 && i < ARRAY_SIZE(directories); i++)
		r = try_directory(root, directories[i], name, c, err);
	if (r == 1)
		return error_set(err, -ENOENT, "%s needs %s, which is in none of the usual directories",
				 c->objects[of].path, name);
	return r;
}

/*
 * Even with --preload the loader looks for /etc/ld.so.preload, which would be the container's. Without its name it
 * finds none: access(2) of "" fails.
 */
static int blind_loader(struct object *loader, struct error *err)
{
	static const char option[] = "inhibit-cache", file[] = "/etc/ld.so.preload";
	if (!memmem(loader->data, loader->len, option, sizeof(option)))
		return error_set(err, -ENOEXEC, "%s is not glibc's loader", loader->path);
	char *at = memmem(loader->data, loader->len, file, sizeof(file));
	if (!at)
		return error_set(err, -ENOEXEC, "%s is not a loader that we know", loader->path);
	for (; at; at = memmem(loader->data, loader->len, file, sizeof(file)))
		*at = '\0';
	return 0;
}

int collect(int root, const char *program, struct collection *ret, struct error *err)
{
	size_t first = ret->count;
	int r = collect_file(root, program, PACK_PROGRAM, ret, err);
	if (r < 0)
		return r;
	const char *interpreter = ret->objects[first].needs.interpreter;
	if (!interpreter || *interpreter != '/')
		return error_set(err, -ENOEXEC, "%s names no loader", program);
	r = collect_file(root, interpreter, PACK_LOADER, ret, err);
	if (r == 0)
		r = blind_loader(&ret->objects[first + 1], err);
	/* The list grows while it is gone through. */
	for (size_t i = first; r == 0 && i < ret->count; i++)
		for (char **name = ret->objects[i].needs.needed; r == 0 && name && *name; name++)
			r = find_needed(root, i, interpreter, *name, ret, err);
	return r;
}

/* SPDX-License-Identifier: ISC */
/* `centerctl toolbox add` and `rm`. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"
#include "lib/proto/answer.h"
#include "lib/proto/request.h"
#include "staging.h"
#include "toolbox.h"

enum { PROGRAM_MAX = 64 << 20 };

static int write_about(const struct staging *s, const char *key, const char *value, struct error *err)
{
	char made[32];
	time_t now = time(NULL);
	struct tm tm;
	cleanup_buf struct buf b = {0};
	strftime(made, sizeof(made), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	buf_printf(&b, "made: %s\n%s: %s\n", made, key, value);
	const char *text = buf_text(&b);
	return text ? staging_write(s, "about", text, err) : error_errno(err, -ENOMEM, "toolbox add");
}

/* One path a line, so that none can hold a line's end. */
static int write_layers(const struct staging *s, char *const *paths, struct error *err)
{
	cleanup_buf struct buf b = {0};
	for (; *paths; paths++) {
		if (**paths != '/' || strchr(*paths, '\n'))
			return error_set(err, -EINVAL, "a layer's path cannot be used");
		buf_printf(&b, "%s\n", *paths);
	}
	const char *text = buf_text(&b);
	return text ? staging_write(s, "layers", text, err) : error_errno(err, -ENOMEM, "toolbox add");
}

static bool is_in(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* By what it is, not by how it is called: the host's root may be bound to another place. */
static int check_directory(const char *path, struct error *err)
{
	struct stat st, host;
	cleanup_fd int fd = rootpath_open(path, O_PATH | O_DIRECTORY, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || stat("/", &host) < 0)
		return error_errno(err, -errno, "cannot examine %s", path);
	if (st.st_dev == host.st_dev && st.st_ino == host.st_ino)
		return error_set(
			err, -EINVAL,
			"%s is the host's own root: its sockets, keys and configuration would be in every tool's "
			"hands, and a tool runs in the container's network with the container's processes. Build one "
			"with centerctl toolbox build",
			path);
	if (!is_in(fd, "bin") && !is_in(fd, "usr"))
		return error_set(err, -EINVAL, "%s is no root file system: there is neither bin nor usr in it", path);
	return 0;
}

static int add_directory(const struct staging *s, const char *given, struct error *err)
{
	cleanup_free char *path = strdup(given);
	if (!path)
		return error_errno(err, -ENOMEM, "--directory");
	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	char *const paths[] = {path, NULL};
	int r = check_directory(path, err);
	if (r == 0)
		r = write_layers(s, paths, err);
	return r == 0 ? write_about(s, "from", path, err) : r;
}

static int take_layers(void *arg, uint32_t type, const void *data, size_t len, struct error *err)
{
	char ***ret = arg;
	if (type != CHANNEL_LAYERS || *ret)
		return -EBADMSG;
	return layers_decode(data, len, ret) < 0
		       ? error_set(err, -EBADMSG, "a layer's path cannot be used, or there are too many")
		       : 0;
}

/* Asked before anything is made: whoever starts a session closes every descriptor. */
static int ask_layers(const struct toolbox_options *o, char ***ret, struct error *err)
{
	cleanup_request struct request ask = {.verb = VERB_LAYERS};
	int r = ask_set_engine(o->engine, false, &ask.engine, err);
	if (r == 0 && str_set(&ask.target, o->image) < 0)
		r = error_errno(err, -ENOMEM, "--image");
	if (r == 0)
		r = ask_enter(&ask, take_layers, ret);
	return r != 0 || *ret ? r : error_set(err, -EBADMSG, "centerctl-enter named no layers");
}

static int add_image(const struct staging *s, const char *image, char *const *layers, struct error *err)
{
	int r = write_layers(s, layers, err);
	return r == 0 ? write_about(s, "image", image, err) : r;
}

/* An ELF file of the kind that we are of ourselves, for which no interpreter has to be there. */
static int check_static(int fd, const char *path, struct error *err)
{
	Elf64_Ehdr ours, head;
	cleanup_fd int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (self < 0 || pread(self, &ours, sizeof(ours), 0) != (ssize_t)sizeof(ours))
		return error_set(err, -EIO, "cannot read /proc/self/exe");
	if (pread(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
		return error_set(err, -ENOEXEC, "%s is no program (no ELF file)", path);
	if (head.e_ident[EI_CLASS] != ours.e_ident[EI_CLASS] || head.e_machine != ours.e_machine ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_phentsize != sizeof(Elf64_Phdr))
		return error_set(err, -ENOEXEC, "%s is a program of another machine", path);
	for (unsigned i = 0; i < head.e_phnum; i++) {
		Elf64_Phdr part;
		if (pread(fd, &part, sizeof(part), (off_t)(head.e_phoff + i * sizeof(part))) != (ssize_t)sizeof(part))
			return error_set(err, -ENOEXEC, "%s is cut short", path);
		if (part.p_type == PT_INTERP)
			return error_set(err, -ENOEXEC,
					 "%s is not linked statically: in a container it would need the container's "
					 "libraries, which may be others, or none",
					 path);
	}
	return 0;
}

static int copy(int from, int to, off_t size)
{
	while (size > 0) {
		ssize_t n = sendfile(to, from, NULL, (size_t)size);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		size -= n;
	}
	return 0;
}

static int add_static(const struct staging *s, const char *path, struct error *err)
{
	struct stat st;
	cleanup_fd int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (from < 0 || fstat(from, &st) < 0)
		return error_errno(err, -errno, "cannot open %s", path);
	if (!S_ISREG(st.st_mode) || st.st_size > PROGRAM_MAX)
		return error_set(err, -EINVAL, "%s is no regular file of at most %d MiB", path, PROGRAM_MAX >> 20);
	int r = check_static(from, path, err);
	if (r < 0)
		return r;
	cleanup_fd int to = openat(s->fd, "tool", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755);
	r = to < 0 ? -errno : copy(from, to, st.st_size);
	if (r < 0)
		return error_errno(err, r, "cannot copy %s to %s", path, toolbox_dir());
	return write_about(s, "from", path, err);
}

int toolbox_add(const struct toolbox_options *o, struct error *err)
{
	cleanup_strv char **layers = NULL;
	cleanup_staging struct staging s = STAGING_INIT;
	const char *value = o->directory ? o->directory : o->image ? o->image : o->file;
	if (strchr(value, '\n'))
		return error_set(err, -EINVAL, "a line's end in a name cannot be written down");
	int r = o->image ? ask_layers(o, &layers, err) : 0;
	if (r == 0)
		r = staging_open(&s, o->words[1], err);
	if (r != 0)
		return r;
	if (o->directory)
		r = add_directory(&s, o->directory, err);
	else if (o->image)
		r = add_image(&s, o->image, layers, err);
	else
		r = add_static(&s, o->file, err);
	return r != 0 ? r : staging_commit(&s, o->words[1], err);
}

int toolbox_rm(const struct toolbox_options *o, struct error *err)
{
	for (char **name = o->words + 1; *name; name++) {
		int r = staging_remove(*name, err);
		if (r < 0)
			return r;
	}
	return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: ISC */
/*
 * centerctl-sftp: finds OpenSSH's sftp-server on this host, with its loader and libraries, and hands centerctl-enter
 * one sealed file in memory: centerctl-inside with all of them behind it. It runs as nobody, since it parses files, and
 * what it makes runs in a container, as its user.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect.h"
#include "config.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"
#include "toolboxes.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

enum { CHANNEL = 3, SFTP_FOUND = 1, SFTP_FAILED = 100 };

static const char *const programs[] = {"/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server",
				       "/usr/lib/ssh/sftp-server", "/usr/libexec/sftp-server"};

static bool is_stream_socket(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

/* centerctl-inside and the names' shim lie beside us; centerctl-enter executes us by our path. */
static int own_path(const char *name, char room[PATH_MAX], struct error *err)
{
	const char *self = (const char *)getauxval(AT_EXECFN);
	const char *slash = self && *self == '/' ? strrchr(self, '/') : NULL;
	if (!slash || snprintf(room, PATH_MAX, "%.*s/%s", (int)(slash - self), self, name) >= PATH_MAX)
		return error_set(err, -EINVAL, "centerctl-sftp was not started by its path");
	return 0;
}

/* In this root. The first program that is there counts, whatever is wrong with it. -ENOENT if none is. */
static int find_in(int root, struct collection *c, struct error *err)
{
	int r = -ENOENT;
	for (size_t i = 0; r == -ENOENT && i < ARRAY_SIZE(programs); i++) {
		if (faccessat(root, programs[i] + 1, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return collect(root, programs[i], c, err);
	}
	return r;
}

static int find_in_toolbox(void *arg, int root, struct error *err)
{
	return find_in(root, arg, err);
}

/* The shim comes first: its functions are found before those of the C library. */
static int find_all(struct collection *c, struct error *err)
{
	char names[PATH_MAX];
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return error_errno(err, -errno, "cannot open /");
	int r = own_path("centerctl-names.so", names, err);
	if (r == 0)
		r = collect_file(root, names, PACK_PRELOAD, c, err);
	if (r < 0)
		return r;
	r = find_in(root, c, err);
	if (r == -ENOENT && c->count == 1)
		r = toolboxes_try(CENTERCTL_STATEDIR "/toolbox", find_in_toolbox, c, err);
	if (r == -ENOENT && c->count == 1)
		return error_set(err, -ENOENT,
				 "this host has no sftp-server of OpenSSH: install it (Debian: openssh-sftp-server)");
	return r;
}

static int write_at(int fd, off_t at, const void *data, size_t len)
{
	return lseek(fd, at, SEEK_SET) < 0 ? -errno : write_full(fd, data, len);
}

static int write_program(int fd, off_t *ret_end, struct error *err)
{
	char path[PATH_MAX];
	struct stat st;
	int r = own_path("centerctl-inside", path, err);
	cleanup_fd int from = r == 0 ? rootpath_open(path, O_RDONLY, err) : r;
	if (from < 0)
		return from;
	if (fstat(from, &st) < 0)
		return error_errno(err, -errno, "cannot examine %s", path);
	void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, from, 0);
	if (data == MAP_FAILED)
		return error_errno(err, -errno, "cannot map %s", path);
	r = write_at(fd, 0, data, (size_t)st.st_size);
	munmap(data, (size_t)st.st_size);
	*ret_end = st.st_size;
	return r < 0 ? error_errno(err, r, "cannot copy %s", path) : 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static off_t align(off_t at)
{
	return (at + PACK_ALIGN - 1) / PACK_ALIGN * PACK_ALIGN;
}

static int write_files(int fd, off_t end, const struct collection *c, struct error *err)
{
	struct pack p = {.count = c->count};
	cleanup_buf struct buf index = {0};
	for (size_t i = 0; i < c->count; i++) {
		const struct object *o = &c->objects[i];
		off_t at = align(end);
		p.files[i] = (struct pack_file){.role = o->role, .offset = (uint64_t)at, .len = o->len};
		snprintf(p.files[i].name, PACK_NAME_MAX, "%s", base_name(o->path));
		int r = write_at(fd, at, o->data, o->len);
		if (r < 0)
			return error_errno(err, r, "cannot copy %s", o->path);
		end = at + (off_t)o->len;
	}
	pack_encode(&p, (uint64_t)end, &index);
	int r = index.failed ? -ENOMEM : write_at(fd, end, index.data, index.len);
	return r < 0 ? error_errno(err, r, "cannot write the index") : 0;
}

/* The sealed file, or -errno. */
static int make(struct error *err)
{
	off_t end = 0;
	cleanup_collection struct collection c = {.count = 0};
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int r = find_all(&c, err);
	if (r < 0)
		return r;
	/* Linux 6.3 wants to be told, where vm.memfd_noexec is set; older ones refuse what they do not know. */
	cleanup_fd int fd = memfd_create("centerctl-inside", flags | MFD_EXEC);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("centerctl-inside", flags);
	if (fd < 0)
		return error_errno(err, -errno, "memfd_create(2)");
	r = write_program(fd, &end, err);
	if (r == 0)
		r = write_files(fd, end, &c, err);
	if (r < 0)
		return r;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return error_errno(err, -errno, "cannot seal the file in memory");
	return steal_fd(&fd);
}

int main(void)
{
	struct error err = ERROR_INIT;
	/* Others run as nobody, too: what we hand over is executed in containers. */
	prctl(PR_SET_DUMPABLE, 0);
	if (!is_stream_socket(CHANNEL)) {
		fputs("centerctl-sftp: this program is started by centerctl only\n", stderr);
		return EXIT_OURS;
	}
	set_cloexec(CHANNEL, true);
	signal(SIGPIPE, SIG_IGN);
	struct rlimit no_core = {0};
	setrlimit(RLIMIT_CORE, &no_core);
	cleanup_fd int fd = make(&err);
	if (fd >= 0)
		return message_send(CHANNEL, SFTP_FOUND, NULL, &fd, 1) < 0 ? EXIT_OURS : 0;
	cleanup_buf struct buf text = {0};
	wire_put_str(&text, err.text);
	message_send(CHANNEL, SFTP_FAILED, &text, NULL, 0);
	return EXIT_OURS;
}

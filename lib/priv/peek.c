/* SPDX-License-Identifier: ISC */
#include "peek.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/message.h"
#include "lib/proto/wire.h"
#include "sys.h"

enum { PEEK_OK = 1, PEEK_MORE, PEEK_FAILED, ENVIRON_MAX = 1 << 20 };

void peek_done(struct peek *p)
{
	close_fd(p->passwd);
	close_fd(p->group);
	close_fd(p->null);
	close_fd(p->ptmx);
	close_fd(p->environ);
	*p = PEEK_INIT;
}

enum want { WANT_FILE, WANT_NULL, WANT_PTMX };

static bool is_right(int fd, enum want want)
{
	struct stat st;
	struct statfs fs;
	if (fstat(fd, &st) < 0)
		return false;
	if (want == WANT_FILE)
		return S_ISREG(st.st_mode);
	if (!S_ISCHR(st.st_mode))
		return false;
	if (want == WANT_NULL)
		return st.st_rdev == makedev(1, 3);
	/* TTYAUX_MAJOR 5, minor 2: /dev/ptmx and devpts's own; only the latter belongs to this container's ptys. */
	return st.st_rdev == makedev(5, 2) && fstatfs(fd, &fs) == 0 && fs.f_type == DEVPTS_SUPER_MAGIC;
}

/*
 * Opens path below root. Symbolic links are the image's business for passwd and group (some images link /etc), never
 * for devices. First O_PATH, which has no effect on a FIFO or a device, then for real, the very same file.
 */
static int open_inside(int root, const char *path, enum want want, uint64_t resolve)
{
	resolve |= RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
	if (want != WANT_FILE)
		resolve |= RESOLVE_NO_SYMLINKS;
	cleanup_fd int found = sys_openat2(root, path, O_PATH, resolve);
	if (found < 0)
		return -errno;
	if (!is_right(found, want))
		return -EINVAL;
	char again[40];
	snprintf(again, sizeof(again), "/proc/self/fd/%d", found);
	int flags = (want == WANT_FILE ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	cleanup_fd int fd = open(again, flags);
	if (fd < 0)
		return -errno;
	if (want == WANT_FILE)
		return steal_fd(&fd);
	int r = set_nonblocking(fd, false);
	return r < 0 ? r : steal_fd(&fd);
}

static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -EXDEV;
}

_Noreturn static void peek_fail(int sock, int code, const char *path)
{
	cleanup_buf struct buf text = {0};
	struct error err = ERROR_INIT;
	if (code == -EINVAL)
		error_set(&err, code, "%s of the container is not a regular file: refusing to read it", path);
	else
		error_errno(&err, code, "cannot open %s of the container", path);
	wire_put_str(&text, err.text);
	message_send(sock, PEEK_FAILED, &text, NULL, 0);
	_exit(1);
}

/* Reading another process's environment touches its memory, which may be backed by anything: so it is done here. */
static int copy_environ(const struct target *t)
{
	cleanup_fd int from = proc_open(t->dir, "environ", O_RDONLY);
	cleanup_fd int to = memfd_create("environ", MFD_CLOEXEC);
	if (from < 0 || to < 0)
		return -EACCES;
	cleanup_free char *text = NULL;
	size_t len;
	int r = read_all(from, ENVIRON_MAX, &text, &len);
	if (r == 0)
		r = write_full(to, text, len);
	if (r == 0 && lseek(to, 0, SEEK_SET) < 0)
		r = -errno;
	return r < 0 ? r : steal_fd(&to);
}

static void read_link(int dir, const char *name, char *buf, size_t size)
{
	ssize_t n = readlinkat(dir, name, buf, size - 1);
	buf[n < 0 ? 0 : n] = '\0';
}

/* The working directory as the process itself would name it: its root need not be that of its mount namespace. */
static void read_cwd(const struct target *t, char *buf, size_t size)
{
	char root[4096];
	read_link(t->dir, "cwd", buf, size);
	read_link(t->dir, "root", root, sizeof(root));
	if (root[0] != '/' || root[1] == '\0')
		return;
	const char *below = str_after(buf, root);
	if (below && (*below == '/' || *below == '\0'))
		memmove(buf, *below ? below : "/", *below ? strlen(below) + 1 : 2);
	else
		buf[0] = '\0';
}

_Noreturn static void peek_child(const struct target *t, const struct peek_wants *wants, int sock)
{
	/* If this process hangs for good, no reader of the caller's output shall wait for it. */
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	struct peek p = PEEK_INIT;
	p.passwd = open_inside(t->root, "etc/passwd", WANT_FILE, 0);
	if (p.passwd < 0 && !is_absent(p.passwd))
		peek_fail(sock, p.passwd, "/etc/passwd");
	p.group = open_inside(t->root, "etc/group", WANT_FILE, 0);
	if (p.group < 0 && !is_absent(p.group))
		peek_fail(sock, p.group, "/etc/group");
	/* A container without a proper /dev/null or devpts is judged by who needs it. */
	if (wants->null)
		p.null = open_inside(t->root, "dev/null", WANT_NULL, 0);
	if (wants->ptmx)
		p.ptmx = open_inside(t->root, "dev/pts/ptmx", WANT_PTMX, 0);
	if (wants->environ) {
		p.environ = copy_environ(t);
		read_cwd(t, p.cwd, sizeof(p.cwd));
	}

	int fds[5] = {p.passwd, p.group, p.null, p.ptmx, p.environ};
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		cleanup_buf struct buf text = {0};
		wire_put_str(&text, i + 1 < ARRAY_SIZE(fds) ? "" : p.cwd);
		message_send(sock, fds[i] < 0 ? PEEK_MORE : PEEK_OK, &text, &fds[i], fds[i] < 0 ? 0 : 1);
	}
	_exit(0);
}

static int receive(int sock, int abort_fd, int64_t deadline, struct peek *p, struct error *err)
{
	int *const into[5] = {&p->passwd, &p->group, &p->null, &p->ptmx, &p->environ};
	for (size_t i = 0; i < ARRAY_SIZE(into); i++) {
		cleanup_message struct message m = MESSAGE_INIT;
		int r = message_recv(sock, 8192, 1, abort_fd, deadline, &m);
		if (r == -ETIMEDOUT)
			return error_set(err, r,
					 "the container's file system does not answer: /etc/passwd could not be "
					 "opened within %d seconds",
					 PEEK_TIMEOUT_MS / 1000);
		if (r < 0)
			return r == -ECANCELED ? r : error_errno(err, r, "cannot look into the container");
		struct wire w = wire_start(m.data, m.len);
		char text[4096];
		wire_str_into(&w, text, sizeof(text));
		if (wire_end(&w) < 0)
			return error_set(err, -EBADMSG, "cannot look into the container");
		if (m.type == PEEK_FAILED)
			return error_set(err, -EINVAL, "%s", text);
		if (m.fd_count == 1)
			*into[i] = steal_fd(&m.fds[0]);
		memcpy(p->cwd, text, sizeof(text));
	}
	return 0;
}

/* File systems of the kernel itself, on local storage: they always answer. What lies under an overlay is the engine's.
 */
static bool always_answers(const struct target *t)
{
	static const char *const types[] = {"overlay", "ext4",	   "xfs",   "btrfs", "tmpfs",
					    "f2fs",    "squashfs", "erofs", "zfs"};
	cleanup_free char *text = NULL;
	char type[32];
	int id = proc_mount_of(t->proc, t->root);
	if (id < 0 || proc_read(t->dir, "mountinfo", &text, NULL) < 0 ||
	    proc_mount_type(text, id, type, sizeof(type)) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/*
 * Without another process, where nothing can hang: both files on the root file system itself, no mount crossed on the
 * way. Returns whether that settled it.
 */
static bool peek_directly(const struct target *t, struct peek *p)
{
	if (!always_answers(t))
		return false;
	p->passwd = open_inside(t->root, "etc/passwd", WANT_FILE, RESOLVE_NO_XDEV);
	p->group = open_inside(t->root, "etc/group", WANT_FILE, RESOLVE_NO_XDEV);
	if ((p->passwd >= 0 || p->passwd == -ENOENT) && (p->group >= 0 || p->group == -ENOENT))
		return true;
	peek_done(p);
	return false;
}

int peek_open(const struct target *t, const struct peek_wants *wants, int abort_fd, struct peek *ret, struct error *err)
{
	if (!wants->null && !wants->ptmx && !wants->environ && peek_directly(t, ret))
		return 0;
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, -errno, "cannot make a socket pair");
	cleanup_fd int ours = pair[0];
	cleanup_fd int theirs = pair[1];
	pid_t pid = fork();
	if (pid < 0)
		return error_errno(err, -errno, "cannot fork");
	if (pid == 0)
		peek_child(t, wants, theirs);
	theirs = close_fd(theirs);

	cleanup_peek struct peek p = PEEK_INIT;
	int r = receive(ours, abort_fd, now_ms() + PEEK_TIMEOUT_MS, &p, err);
	sys_kill_child(pid);
	if (r < 0)
		return r;
	*ret = p;
	p = PEEK_INIT;
	return 0;
}

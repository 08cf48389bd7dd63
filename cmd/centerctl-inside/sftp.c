/* SPDX-License-Identifier: ISC */
/*
 * `sftp [--read-only] -- [DIR]`: OpenSSH's sftp-server on standard input and output. It comes with its loader and
 * libraries from the host, behind our own program, and runs from memory: the container's files are what it serves, and
 * none of them is loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "inside.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/inside/pack.h"
#include "lib/inside/passwd.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

struct server {
	bool read_only;
	int loader, program;
	struct buf preload; /* paths of descriptors, with blanks between */
};

/*
 * What stands at /proc decides what is executed: it has to be a procfs, and what it says that we are has to be sealed
 * memory, as centerctl-enter executes it.
 */
static int open_self(struct error *err)
{
	struct statfs fs;
	cleanup_fd int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, -errno, "sftp needs /proc in the container, and cannot open /proc/self/exe");
	cleanup_fd int proc = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0 || fstatfs(proc, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return error_set(err, -EPERM, "what the container has at /proc is no procfs, which sftp needs");
	int seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || !(seals & F_SEAL_WRITE))
		return error_set(err, -EPERM, "/proc/self/exe is not what was executed");
	return steal_fd(&fd);
}

static int read_pack(int self, struct pack *ret, struct error *err)
{
	struct stat st;
	unsigned char end[PACK_END_SIZE];
	uint64_t offset;
	size_t len;
	if (fstat(self, &st) < 0)
		return error_errno(err, -errno, "cannot examine /proc/self/exe");
	off_t at = st.st_size - (off_t)sizeof(end);
	if (at < 0 || pread(self, end, sizeof(end), at) != (ssize_t)sizeof(end) ||
	    pack_find_index(end, (uint64_t)st.st_size, &offset, &len) < 0)
		return error_set(err, -ENOENT, "centerctl-inside came without an sftp-server");
	cleanup_free char *index = malloc(len);
	if (!index)
		return error_errno(err, -ENOMEM, "the index");
	if (pread(self, index, len, (off_t)offset) != (ssize_t)len || pack_decode(index, len, offset, ret) < 0)
		return error_set(err, -EBADMSG, "the files behind centerctl-inside are damaged");
	return 0;
}

/* One file in memory of its own, which nobody changes any more. */
static int copy_file(int self, const struct pack_file *f, struct error *err)
{
	off_t at = (off_t)f->offset;
	cleanup_fd int fd = memfd_create(f->name, MFD_ALLOW_SEALING | MFD_EXEC);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(f->name, MFD_ALLOW_SEALING);
	if (fd < 0)
		return error_errno(err, -errno, "no memory for %s (memfd_create(2))", f->name);
	for (uint64_t left = f->len; left > 0;) {
		ssize_t n = sendfile(fd, self, &at, (size_t)left);
		if (n <= 0)
			return error_errno(err, n < 0 ? -errno : -EIO, "no memory for %s", f->name);
		left -= (uint64_t)n;
	}
	/* What is executed but not readable cannot be traced by others of the same user, before the server sees to
	 * that. */
	if (f->role == PACK_LOADER && fchmod(fd, 0111) < 0)
		return error_errno(err, -errno, "cannot set the mode of %s", f->name);
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return error_errno(err, -errno, "cannot seal %s", f->name);
	return steal_fd(&fd);
}

static int unpack(int self, const struct pack *p, struct server *s, struct error *err)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct pack_file *f = &p->files[i];
		int fd = copy_file(self, f, err);
		if (fd < 0)
			return fd;
		if (f->role == PACK_LOADER)
			s->loader = fd;
		else if (f->role == PACK_PROGRAM)
			s->program = fd;
		else
			buf_printf(&s->preload, "%s/proc/self/fd/%d", s->preload.len ? " " : "", fd);
	}
	return buf_text(&s->preload) ? 0 : error_errno(err, -ENOMEM, "the list of libraries");
}

static char *find_home(void)
{
	struct stat st;
	cleanup_free char *text = NULL;
	size_t len;
	cleanup_fd int probe = open("/etc/passwd", O_PATH | O_CLOEXEC);
	if (probe < 0 || fstat(probe, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	cleanup_fd int fd = open("/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || read_all(fd, PASSWD_FILE_MAX, &text, &len) < 0)
		return NULL;
	return passwd_find_home(text, len, getuid());
}

static int go_to(const char *directory, struct error *err)
{
	char shown[512];
	if (chdir(directory) == 0)
		return 0;
	int code = -errno;
	text_escape(shown, sizeof(shown), directory, strlen(directory));
	return error_errno(err, code, "cannot go to %s", shown);
}

/* A home that is not there is no reason to refuse: many images have such entries. */
static int go_to_start(const struct inside *in, struct error *err)
{
	if (in->count > 1)
		return error_set(err, -EINVAL, "sftp takes one directory");
	if (in->count == 1)
		return go_to(in->words[0], err);
	cleanup_free char *home = find_home();
	if (home && chdir(home) == 0)
		return 0;
	return go_to("/", err);
}

static int execute(const struct server *s, struct error *err)
{
	char program[32], zone[256];
	const char *tz = getenv("TZ");
	snprintf(program, sizeof(program), "/proc/self/fd/%d", s->program);
	/* Errors go to standard error: the container's syslog is none of sftp-server's. */
	char *argv[] = {(char *)"sftp-server",
			(char *)"--inhibit-cache",
			(char *)"--preload",
			s->preload.data,
			program,
			(char *)"-e",
			NULL,
			NULL};
	char *env[] = {NULL, NULL};
	if (s->read_only)
		argv[6] = (char *)"-R";
	if (tz && (size_t)snprintf(zone, sizeof(zone), "TZ=%s", tz) < sizeof(zone))
		env[0] = zone;
	set_cloexec(s->loader, true);
	signal(SIGPIPE, SIG_DFL);
	syscall(SYS_execveat, s->loader, "", argv, env, AT_EMPTY_PATH);
	if (errno != EACCES)
		return error_errno(err, -errno, "cannot execute sftp-server's loader");
	/* AppArmor has no name for what is in memory unless the profile gives it one; docker-default does. */
	return error_errno(
		err, -EACCES,
		"the container's security profile does not let sftp-server's loader be executed from memory; a "
		"profile of AppArmor needs flags=(attach_disconnected), and centerctl cp does without");
}

int sftp_run(const struct inside *in, struct error *err)
{
	struct pack p;
	struct server s = {.loader = -EBADF, .program = -EBADF};
	for (char **o = in->options; *o; o++) {
		if (!inside_is_switch(*o, "read-only"))
			return inside_unknown(*o, err);
		s.read_only = true;
	}
	cleanup_fd int self = open_self(err);
	int r = self < 0 ? self : read_pack(self, &p, err);
	if (r == 0)
		r = unpack(self, &p, &s, err);
	if (r == 0)
		r = go_to_start(in, err);
	return r == 0 ? execute(&s, err) : r;
}

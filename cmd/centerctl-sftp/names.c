/* SPDX-License-Identifier: ISC */
/*
 * centerctl-names.so: loaded before all else into an sftp-server that runs in a container. It answers for users and
 * groups from the container's /etc/passwd and /etc/group, read as plain text, so that glibc never looks into
 * nsswitch.conf and never loads a module that lies in the container, nor asks its nscd. Whoever has no entry, and is
 * us, gets one made up: sftp-server does not start without.
 *
 * It is itself loaded by the host's glibc, or a toolbox's: only old symbols are used.
 */
/* With it, open() would be defined as open64(). */
#undef _FILE_OFFSET_BITS
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { FILE_MAX = 1 << 20, FIELDS = 7 };

struct file {
	char *text, *at;
	bool read;
};

static struct file users, groups;

/*
 * What was loaded from memory is mapped; the files themselves are not needed any more, and nothing of them is to be had
 * through /proc/self/fd.
 */
__attribute__((constructor)) static void close_files(void)
{
	syscall(SYS_close_range, 3U, ~0U, 0U);
}

/* The whole of a regular file that is not too large; else nothing. It is never given back. */
static void load(struct file *f, const char *path)
{
	struct statx st;
	size_t len = 0;
	f->read = true;
	int probe = openat(AT_FDCWD, path, O_PATH | O_CLOEXEC);
	bool regular = probe >= 0 && statx(probe, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &st) == 0 &&
		       S_ISREG(st.stx_mode) && st.stx_size <= FILE_MAX;
	if (probe >= 0)
		close(probe);
	if (!regular)
		return;
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return;
	char *text = mmap(NULL, FILE_MAX + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (text != MAP_FAILED) {
		ssize_t n;
		while (len < FILE_MAX && (n = read(fd, text + len, FILE_MAX - len)) > 0)
			len += (size_t)n;
		f->text = text;
	}
	close(fd);
}

/* Digits alone, up to 2^32-2. */
static bool parse_id(const char *s, uint32_t *ret)
{
	uint64_t value = 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		value = value * 10 + (uint64_t)(*s - '0');
		if (value >= UINT32_MAX)
			return false;
	}
	*ret = (uint32_t)value;
	return true;
}

/*
 * The next line's fields, in a room of their own: the text stays as it is. Returns how many, 0 for a line that is of no
 * use, -1 at the end.
 */
static int next_fields(struct file *f, char *room, size_t size, char *fields[FIELDS])
{
	if (!f->at || !*f->at)
		return -1;
	size_t len = strcspn(f->at, "\n");
	const char *line = f->at;
	f->at += len + (f->at[len] == '\n');
	if (len >= size)
		return 0;
	memcpy(room, line, len);
	room[len] = '\0';
	int count = 0;
	for (char *at = room; at && count < FIELDS;) {
		fields[count++] = at;
		at = strchr(at, ':');
		if (at)
			*at++ = '\0';
	}
	return count;
}

static void rewind_file(struct file *f, const char *path)
{
	if (!f->read)
		load(f, path);
	f->at = f->text;
}

static void put_number(char *room, uint32_t value)
{
	char digits[12];
	size_t n = 0;
	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	while (n > 0)
		*room++ = digits[--n];
	*room = '\0';
}

static struct passwd *next_user(void)
{
	static char room[4096];
	static struct passwd p;
	char *f[FIELDS];
	int count;
	while ((count = next_fields(&users, room, sizeof(room), f)) >= 0) {
		uint32_t uid, gid;
		if (count < FIELDS || !*f[0] || !parse_id(f[2], &uid) || !parse_id(f[3], &gid))
			continue;
		p = (struct passwd){f[0], f[1], uid, gid, f[4], f[5], f[6]};
		return &p;
	}
	return NULL;
}

static struct passwd *made_up(uid_t uid)
{
	static char name[12], empty[1], home[] = "/";
	static struct passwd p;
	put_number(name, uid);
	p = (struct passwd){name, empty, uid, getgid(), empty, home, empty};
	return &p;
}

EXPORT struct passwd *getpwuid(uid_t uid)
{
	struct passwd *p;
	rewind_file(&users, "/etc/passwd");
	while ((p = next_user()))
		if (p->pw_uid == uid)
			return p;
	return uid == getuid() ? made_up(uid) : NULL;
}

EXPORT struct passwd *getpwnam(const char *name)
{
	struct passwd *p;
	rewind_file(&users, "/etc/passwd");
	while ((p = next_user()))
		if (strcmp(p->pw_name, name) == 0)
			return p;
	return NULL;
}

EXPORT void setpwent(void)
{
	rewind_file(&users, "/etc/passwd");
}

EXPORT void endpwent(void)
{
	users.at = NULL;
}

EXPORT struct passwd *getpwent(void)
{
	if (!users.at)
		setpwent();
	return next_user();
}

static struct group *next_group(void)
{
	static char room[4096], *none[] = {NULL};
	static struct group g;
	char *f[FIELDS];
	int count;
	while ((count = next_fields(&groups, room, sizeof(room), f)) >= 0) {
		uint32_t gid;
		if (count < 3 || !*f[0] || !parse_id(f[2], &gid))
			continue;
		g = (struct group){f[0], f[1], gid, none};
		return &g;
	}
	return NULL;
}

EXPORT struct group *getgrgid(gid_t gid)
{
	struct group *g;
	rewind_file(&groups, "/etc/group");
	while ((g = next_group()))
		if (g->gr_gid == gid)
			return g;
	return NULL;
}

EXPORT struct group *getgrnam(const char *name)
{
	struct group *g;
	rewind_file(&groups, "/etc/group");
	while ((g = next_group()))
		if (strcmp(g->gr_name, name) == 0)
			return g;
	return NULL;
}

/* What else would lead to NSS. Nobody calls these there. */
EXPORT int initgroups(const char *user, gid_t group)
{
	(void)user;
	(void)group;
	errno = ENOSYS;
	return -1;
}

EXPORT int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	(void)node;
	(void)service;
	(void)hints;
	(void)ret;
	return EAI_FAIL;
}

EXPORT struct servent *getservbyname(const char *name, const char *proto)
{
	(void)name;
	(void)proto;
	return NULL;
}

/*
 * sftp-server begins by opening /dev/null, to see that 0-2 are open, and does not start without. An image may have no
 * /dev, or a FIFO there: for that one time anything does, and it is closed at once.
 */
static int open_path(const char *path, int flags, mode_t mode)
{
	static bool begun;
	if (!begun && strcmp(path, "/dev/null") == 0) {
		begun = true;
		return memfd_create("null", MFD_CLOEXEC);
	}
	begun = true;
	return openat(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

/* Both names: a program for large files calls the second one where they differ. */
#define OPEN(name)                                        \
	EXPORT int name(const char *path, int flags, ...) \
	{                                                 \
		mode_t mode = 0;                          \
		va_list args;                             \
		va_start(args, flags);                    \
		if (flags & (O_CREAT | O_TMPFILE))        \
			mode = va_arg(args, mode_t);      \
		va_end(args);                             \
		return open_path(path, flags, mode);      \
	}

OPEN(open)
OPEN(open64)

/* SPDX-License-Identifier: ISC */
/*
 * A process of the container, beside a tool with which somebody debugs it: tries whatever one process may try on
 * another.
 *   beside PID [MARK]      one line for each attempt: `got WHAT` or `no WHAT: ERROR`. MARK is a file of the host's that
 *                          must not be found below the tool's root
 *   beside loop NAME       the same on every process called NAME, again and again, until it is killed
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static const char *proc(pid_t pid, const char *name)
{
	static char path[128];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return path;
}

/* Opens and reads one byte, where that can be. */
static void try_file(pid_t pid, const char *name, int flags)
{
	char what[64], byte;
	snprintf(what, sizeof(what), "%s of %s", (flags & O_ACCMODE) == O_RDONLY ? "reading" : "writing", name);
	int fd = open(proc(pid, name), flags | O_CLOEXEC | O_NONBLOCK);
	long r = fd;
	if (fd >= 0 && (flags & O_ACCMODE) == O_RDONLY && !(flags & (O_PATH | O_DIRECTORY)))
		r = read(fd, &byte, 1);
	/* A zombie's are empty. At address 0 there is nothing: EIO is as good as an answer. */
	if (fd >= 0 && r == 0 && (flags & O_ACCMODE) == O_RDONLY)
		r = (errno = ENODATA, -1);
	else if (r < 0 && errno == EIO)
		r = 0;
	say(what, r);
	close(fd);
}

/* Where an entry leads; that it is there is no secret. */
static void try_entry(pid_t pid, const char *name)
{
	char what[64], path[320], to[256];
	long r = -1;
	snprintf(what, sizeof(what), "an entry of %s", name);
	DIR *d = opendir(proc(pid, name));
	for (struct dirent *e; d && r < 0 && (e = readdir(d));) {
		snprintf(path, sizeof(path), "/proc/%d/%s/%s", (int)pid, name, e->d_name);
		if (*e->d_name != '.')
			r = readlink(path, to, sizeof(to));
	}
	say(what, r);
	if (d)
		closedir(d);
}

static void try_namespace(pid_t pid, const char *name, int type)
{
	char path[32], what[64];
	snprintf(path, sizeof(path), "ns/%s", name);
	int fd = open(proc(pid, path), O_RDONLY | O_CLOEXEC);
	snprintf(what, sizeof(what), "descriptor of namespace %s", name);
	say(what, fd);
	if (fd < 0)
		return;
	snprintf(what, sizeof(what), "into namespace %s", name);
	fflush(stdout);
	if (fork() == 0) {
		say(what, setns(fd, type));
		_exit(0);
	}
	wait(NULL);
	close(fd);
}

/* With a directory of the tool's: what can be changed from there, and whether there is anything of the host's. */
static void try_below(pid_t pid, const char *name, const char *mark)
{
	static const char *const files[] = {
		"x", "usr/bin/x", "usr/bin/strace", "bin/sh", ".centerctl/x", ".centerctl/gdbinit", "etc/gdbinit"};
	int dir = open(proc(pid, name), O_PATH | O_DIRECTORY | O_CLOEXEC);
	say(name, dir);
	if (dir < 0)
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char what[96];
		int fd = openat(dir, files[i], O_WRONLY | O_CLOEXEC | (strchr(files[i], 'x') ? O_CREAT : 0), 0644);
		snprintf(what, sizeof(what), "changing %s below %s", files[i], name);
		say(what, fd);
		close(fd);
	}
	say("a file of the host's", mark ? faccessat(dir, mark + 1, F_OK, 0) : (errno = ENOENT, -1));
	say("a directory above", faccessat(dir, "../../../../../../../var/lib/centerctl", F_OK, 0));
	int tree = (int)syscall(SYS_open_tree, dir, "", 1 | AT_EMPTY_PATH | O_CLOEXEC);
	say("a copy of its mounts", tree);
	close(tree);
	close(dir);
}

/* The published trick: the program opened for writing through what was opened for reading. */
static void try_program(pid_t pid)
{
	char again[64];
	int fd = open(proc(pid, "exe"), O_RDONLY | O_CLOEXEC);
	say("its program", fd);
	if (fd < 0)
		return;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
	int w = open(again, O_WRONLY | O_CLOEXEC);
	say("writing its program", w);
	close(w);
	close(fd);
}

static void try_memory(pid_t pid)
{
	char byte = 0;
	struct iovec own = {&byte, 1}, theirs = {(void *)0x400000, 1};
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	/* EFAULT means that it would have been read, had there been anything. */
	long r = process_vm_readv(pid, &own, 1, &theirs, 1, 0);
	say("its memory", r < 0 && errno == EFAULT ? 0 : r);
	for (int fd = 0; fd < 8; fd++) {
		int got = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
		if (got >= 0 || errno != EBADF) {
			char what[32];
			snprintf(what, sizeof(what), "its descriptor %d", fd);
			say(what, got);
			close(got);
		}
	}
	close(pidfd);
}

static void try_trace(pid_t pid)
{
	long r = ptrace(PTRACE_SEIZE, pid, NULL, NULL);
	say("tracing", r);
	if (r == 0) {
		ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
		waitpid(pid, NULL, __WALL);
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	}
}

static void try_all(pid_t pid, const char *mark)
{
	static const char *const files[] = {"environ", "maps", "mem", "auxv", "syscall", "stack", "io", "pagemap"};
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		try_file(pid, files[i], O_RDONLY);
	try_file(pid, "mem", O_WRONLY);
	try_entry(pid, "fd");
	try_entry(pid, "map_files");
	try_below(pid, "root", mark);
	try_below(pid, "cwd", mark);
	try_program(pid);
	try_memory(pid);
	try_namespace(pid, "mnt", CLONE_NEWNS);
	try_trace(pid);
	puts("done");
}

static int is_called(const char *pid, const char *name)
{
	char line[64] = "";
	int fd = open(proc(atoi(pid), "comm"), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1);
	close(fd);
	return n > 1 && strncmp(line, name, (size_t)n - 1) == 0 && strlen(name) == (size_t)n - 1;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "loop") != 0) {
		try_all(atoi(argv[1]), argc > 2 ? argv[2] : NULL);
		return 0;
	}
	if (argc < 3)
		return 2;
	puts("watching");
	fflush(stdout);
	for (;;) {
		DIR *d = opendir("/proc");
		for (struct dirent *e; d && (e = readdir(d));)
			if (is_called(e->d_name, argv[2]))
				try_all(atoi(e->d_name), NULL);
		if (d)
			closedir(d);
	}
}

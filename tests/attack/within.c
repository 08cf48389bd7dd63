/* SPDX-License-Identifier: ISC */
/*
 * A tool that turns against the place that it was put into: one line for each attempt, `got WHAT` or `no WHAT: ERROR`.
 *   within write           files of the toolbox and of the container
 *   within mounts          the mounts, its own and those of others
 *   within devices         device nodes, made and found
 *   within socket NAME     an abstract socket
 *   within process PID     a process of the host's
 *   within init            for ever: takes each process over that comes with more capabilities than this one has
 *   within raised          prints the effective user, for setuid copies of this program
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static void try_open(const char *path, int flags)
{
	char what[128];
	snprintf(what, sizeof(what), "%s", path);
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
	say(what, fd);
	close(fd);
}

static int try_writing(void)
{
	static const char *const paths[] = {"/x",
					    "/usr/x",
					    "/usr/bin/x",
					    "/etc/x",
					    "/.centerctl/x",
					    "/target/x",
					    "/target/etc/x",
					    "/target/tmp/x",
					    "/target/srv/x",
					    "/target/dev/x",
					    "/target/dev/shm/x"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		try_open(paths[i], O_WRONLY | O_CREAT);
	try_open("/.centerctl/gdbinit", O_WRONLY);
	try_open("/target/opt/lib/libgreeting.so", O_WRONLY);
	try_open("/proc/self/exe", O_WRONLY);
	try_open("/proc/1/exe", O_WRONLY);
	say("a directory", mkdir("/d", 0755));
	say("a removal", unlink("/.centerctl/gdbinit"));
	return 0;
}

struct attributes {
	unsigned long long set, clear, propagation, userns;
};

static int try_mounts(void)
{
	struct attributes writable = {.clear = 1 | 2 | 4};
	say("a mount of tmpfs", mount("x", "/tmp", "tmpfs", 0, NULL));
	say("a remount of /", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
	say("a remount of /target", mount(NULL, "/target", NULL, MS_REMOUNT | MS_BIND, NULL));
	say("a bind mount", mount("/tmp", "/target", NULL, MS_BIND, NULL));
	say("mount attributes", syscall(SYS_mount_setattr, AT_FDCWD, "/target", 0, &writable, sizeof(writable)));
	say("no /target", umount2("/target", MNT_DETACH));
	say("no /proc", umount2("/proc", MNT_DETACH));
	say("a copy of mounts", syscall(SYS_open_tree, AT_FDCWD, "/", 1 | O_CLOEXEC));
	say("a new file system", syscall(SYS_fsopen, "tmpfs", 0));
	say("another root", syscall(SYS_pivot_root, "/target", "/target/tmp"));
	say("a mount namespace", unshare(CLONE_NEWNS));
	say("a user namespace", unshare(CLONE_NEWUSER | CLONE_NEWNS));
	int fd = open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC);
	say("the container's mount namespace", fd < 0 ? -1 : setns(fd, CLONE_NEWNS));
	say("a change of root", chroot("/proc/1/root"));
	return 0;
}

static int try_devices(void)
{
	say("making a device", mknod("/tmp/zero", S_IFCHR | 0666, makedev(1, 5)));
	try_open("/tmp/zero", O_RDONLY);
	try_open("/target/dev/zero", O_RDONLY);
	try_open("/target/dev/null", O_RDWR);
	try_open("/target/srv/zero", O_RDONLY);
	try_open("/attack/zero", O_RDONLY);
	puts("and of its own");
	try_open("/dev/null", O_RDWR);
	try_open("/dev/zero", O_RDONLY);
	try_open("/dev/urandom", O_RDONLY);
	return 0;
}

static int try_socket(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	strncpy(a.sun_path + 1, name, sizeof(a.sun_path) - 2);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	say("the socket",
	    connect(fd, (void *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))));
	return 0;
}

static int try_process(pid_t pid)
{
	char path[64];
	say("a signal", kill(pid, 0));
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	try_open(path, O_RDONLY);
	say("a descriptor of it", syscall(SYS_pidfd_open, pid, 0));
	return 0;
}

static unsigned long long permitted(const char *pid)
{
	char path[64], line[256];
	unsigned long long caps = 0;
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "CapPrm:", 7) == 0)
			caps = strtoull(line + 7, NULL, 16);
	if (f)
		fclose(f);
	return caps;
}

/* Stopped, it cannot become something else while it is looked at. */
static void take_over(const char *name, unsigned long long own)
{
	pid_t pid = atoi(name);
	long r = ptrace(PTRACE_SEIZE, pid, NULL, NULL);
	say("a process with more", r < 0 ? -1 : 0);
	if (r < 0)
		return;
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	waitpid(pid, NULL, __WALL);
	if (permitted(name) & ~own)
		puts("TAKEN OVER");
	fflush(stdout);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

__attribute__((noreturn)) static void wait_for_more(void)
{
	unsigned long long own = permitted("self");
	puts("watching");
	fflush(stdout);
	for (;;) {
		DIR *d = opendir("/proc");
		for (struct dirent *e; d && (e = readdir(d));)
			if (*e->d_name >= '1' && *e->d_name <= '9' && (permitted(e->d_name) & ~own))
				take_over(e->d_name, own);
		if (d)
			closedir(d);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (strcmp(what, "write") == 0)
		return try_writing();
	if (strcmp(what, "mounts") == 0)
		return try_mounts();
	if (strcmp(what, "devices") == 0)
		return try_devices();
	if (strcmp(what, "socket") == 0 && argc > 2)
		return try_socket(argv[2]);
	if (strcmp(what, "process") == 0 && argc > 2)
		return try_process(atoi(argv[2]));
	if (strcmp(what, "init") == 0)
		wait_for_more();
	if (strcmp(what, "raised") == 0) {
		printf("euid %d egid %d\n", (int)geteuid(), (int)getegid());
		return 0;
	}
	return 2;
}

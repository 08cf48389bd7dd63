/* SPDX-License-Identifier: ISC */
/*
 * What a root inside a container may try against an entry:
 *   inmate unconnect              turn a standard descriptor that is a socket into one to somewhere else
 *   inmate forge NAME PID         take the report socket of the process called NAME, report PID as the command
 *   inmate burden NAME WHAT...    take it, and send these: "report", "empty", or "heavy", with a descriptor that takes
 *                                 long to close
 *   inmate shim DIRECTORY WORDS.. work in a directory, with a child that executes the words
 *   inmate fuse                   serve a root file system that never says what it is, and live in it
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/priv/traveller.h"
#include "linger.h"

static int unconnect(void)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	for (int fd = 0; fd < 3; fd++)
		if (connect(fd, &none, sizeof(none)) == 0 || errno != ENOTSOCK)
			dprintf(2, "descriptor %d is a socket\n", fd);
	return 0;
}

/* One that has ended keeps its name until somebody collects it. */
static int process_called(const char *name)
{
	DIR *d = opendir("/proc");
	for (struct dirent *e; d && (e = readdir(d));) {
		char path[300], text[512] = "", word[16] = "", state = 'Z';
		snprintf(path, sizeof(path), "/proc/%s/stat", e->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
		close(fd);
		if (n > 0 && sscanf(text, "%*d (%15[^)]) %c", word, &state) == 2 && strcmp(word, name) == 0 &&
		    state != 'Z')
			return atoi(e->d_name);
	}
	return -1;
}

static void report(int sock, enum stage stage, int code, long long value)
{
	struct report r = {.stage = stage, .code = code, .value = value};
	if (write(sock, &r, sizeof(r)) != (ssize_t)sizeof(r))
		perror("report");
}

/* Whatever of that process takes a message of that kind is the one. */
static int report_socket(const char *name)
{
	int process = (int)syscall(SYS_pidfd_open, process_called(name), 0);
	if (process < 0) {
		perror("pidfd_open");
		return -1;
	}
	for (int fd = 3; fd < 64; fd++) {
		int sock = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
		int type = 0;
		socklen_t len = sizeof(type);
		if (sock >= 0 && getsockopt(sock, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET)
			return sock;
	}
	puts("no socket");
	return -1;
}

static int forge(const char *name, const char *pid)
{
	int sock = report_socket(name);
	if (sock < 0)
		return 1;
	report(sock, STAGE_CHILD, 0, atoll(pid));
	report(sock, STAGE_CHILD, 0, atoll(pid));
	report(sock, STAGE_ERROR, -EIO, 0);
	puts("forged");
	return 0;
}

/* And stays, with the other end of what was given away. */
static int burden(const char *name, char **what)
{
	struct report r = {.stage = STAGE_ERROR, .code = -EIO};
	int sock = report_socket(name);
	if (sock < 0)
		return 1;
	for (; *what; what++)
		if (strcmp(*what, "heavy") == 0)
			give_lingering(sock, &r, sizeof(r));
		else if (send(sock, &r, strcmp(*what, "empty") == 0 ? 0 : sizeof(r), 0) < 0)
			perror("burden");
	close(sock);
	puts("forged");
	fflush(stdout);
	for (;;)
		pause();
}

static int shim(char **argv)
{
	if (chdir(argv[0]) != 0 || fork() == 0) {
		execv(argv[1], argv + 1);
		perror(argv[1]);
		return 1;
	}
	wait(NULL);
	return 0;
}

static void answer(int fd, const struct fuse_in_header *to, int error, const void *data, size_t len)
{
	char buf[4096];
	struct fuse_out_header head = {.len = (uint32_t)(sizeof(head) + len), .error = -error, .unique = to->unique};
	memcpy(buf, &head, sizeof(head));
	if (len)
		memcpy(buf + sizeof(head), data, len);
	if (write(fd, buf, head.len) < 0)
		perror("answer");
}

/* An empty directory, and not a word to statfs(2). */
static void serve(int fd)
{
	static _Alignas(8) char buf[1 << 18];
	const struct fuse_in_header *head = (const void *)buf;
	for (;;) {
		if (read(fd, buf, sizeof(buf)) < 0)
			continue;
		struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};
		struct fuse_attr_out attr = {.attr_valid = 3600,
					     .attr = {.ino = 1, .mode = S_IFDIR | 0755, .nlink = 2}};
		if (head->opcode == FUSE_INIT)
			answer(fd, head, 0, &init, sizeof(init));
		else if (head->opcode == FUSE_GETATTR)
			answer(fd, head, 0, &attr, sizeof(attr));
		else if (head->opcode != FUSE_STATFS)
			answer(fd, head, head->opcode == FUSE_LOOKUP ? ENOENT : ENOSYS, NULL, 0);
	}
}

static int live_in_fuse(void)
{
	char options[64];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	if (fd < 0 || mount("inmate", "/srv", "fuse", MS_NOSUID | MS_NODEV, options) != 0) {
		perror("fuse");
		return 1;
	}
	if (fork() == 0)
		serve(fd);
	if (chroot("/srv") != 0 || chdir("/") != 0) {
		perror("chroot");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (strcmp(what, "unconnect") == 0)
		return unconnect();
	if (strcmp(what, "forge") == 0 && argc == 4)
		return forge(argv[2], argv[3]);
	if (strcmp(what, "burden") == 0 && argc > 3)
		return burden(argv[2], argv + 3);
	if (strcmp(what, "shim") == 0 && argc > 3)
		return shim(argv + 2);
	if (strcmp(what, "fuse") == 0)
		return live_in_fuse();
	return 2;
}

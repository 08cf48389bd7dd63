/* SPDX-License-Identifier: ISC */
/*
 * slow_file COMMAND...: runs it with a regular file as standard input whose content never comes, as anybody may have
 * one who may make a user namespace: the file is a FUSE server's that does not answer to reads, seen through an
 * overlay, and opened where both are mounted.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOT = 1, FILE_NODE = 2, FOR_LONG = 100000 };

static void fail(const char *what)
{
	perror(what);
	_exit(97);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail(path);
	close(fd);
}

static struct fuse_attr attr_of(uint64_t node)
{
	return (struct fuse_attr){.ino = node,
				  .size = node == ROOT ? 0 : 1 << 20,
				  .blocks = 2048,
				  .mode = node == ROOT ? S_IFDIR | 0755 : S_IFREG | 0644,
				  .nlink = 1,
				  .uid = getuid(),
				  .gid = getgid(),
				  .blksize = 4096};
}

static void answer(int fuse, uint64_t unique, int error, const void *data, size_t len)
{
	char room[1024];
	struct fuse_out_header head = {.len = (uint32_t)(sizeof(head) + len), .error = -error, .unique = unique};
	memcpy(room, &head, sizeof(head));
	memcpy(room + sizeof(head), data, len);
	(void)!write(fuse, room, head.len);
}

static void serve_one(int fuse, const struct fuse_in_header *in, const char *body)
{
	struct fuse_init_out init = {.major = 7, .minor = 31, .max_write = 4096};
	struct fuse_entry_out entry = {
		.nodeid = FILE_NODE, .entry_valid = FOR_LONG, .attr_valid = FOR_LONG, .attr = attr_of(FILE_NODE)};
	struct fuse_attr_out attr = {.attr_valid = FOR_LONG, .attr = attr_of(in->nodeid)};
	struct fuse_open_out opened = {.fh = 1};
	struct fuse_statfs_out fs = {.st = {.bsize = 4096, .namelen = 255, .frsize = 4096}};
	switch (in->opcode) {
	case FUSE_INIT:
		answer(fuse, in->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(fuse, in->unique, strcmp(body, "file") ? ENOENT : 0, &entry,
		       strcmp(body, "file") ? 0 : sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(fuse, in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(fuse, in->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_STATFS:
		answer(fuse, in->unique, 0, &fs, sizeof(fs));
		break;
	case FUSE_READ:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(fuse, in->unique, ENOSYS, NULL, 0);
	}
}

static void serve(int fuse)
{
	static char request[1 << 18];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		if (read(fuse, request, sizeof(request)) > 0)
			serve_one(fuse, (struct fuse_in_header *)(void *)request,
				  request + sizeof(struct fuse_in_header));
		else if (errno != EINTR && errno != EPERM) /* before it is mounted */
			_exit(0);
	}
}

static int make_file(void)
{
	char map[64], options[128];
	uid_t uid = getuid();
	gid_t gid = getgid();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		fail("unshare");
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	put("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	put("/proc/self/gid_map", map);
	if (mount("here", "/tmp", "tmpfs", 0, NULL) < 0 || mkdir("/tmp/slow", 0755) < 0 ||
	    mkdir("/tmp/none", 0755) < 0 || mkdir("/tmp/over", 0755) < 0)
		fail("/tmp");
	int fuse = open("/dev/fuse", O_RDWR);
	if (fuse < 0)
		fail("/dev/fuse");
	if (fork() == 0)
		serve(fuse);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=%u,group_id=%u", fuse, uid, gid);
	if (mount("slow", "/tmp/slow", "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		fail("fuse");
	if (mount("over", "/tmp/over", "overlay", 0, "lowerdir=/tmp/slow:/tmp/none") < 0)
		fail("overlay");
	int fd = open("/tmp/over/file", O_RDONLY);
	if (fd < 0)
		fail("/tmp/over/file");
	return fd;
}

static void hand_over(int sock)
{
	int fd = make_file();
	char byte = 0, room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {&byte, 1};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	if (sendmsg(sock, &m, 0) < 0)
		fail("sendmsg");
	close(sock);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int pair[2], fd = -1;
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec part = {&byte, 1};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room)};
	if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return 98;
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			hand_over(pair[1]);
		_exit(96);
	}
	close(pair[1]);
	if (recvmsg(pair[0], &m, 0) != 1 || !CMSG_FIRSTHDR(&m))
		return 97;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	if (dup2(fd, 0) < 0)
		return 96;
	close(fd);
	execvp(argv[1], argv + 1);
	return 95;
}

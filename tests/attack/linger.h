/* SPDX-License-Identifier: ISC */
/* Descriptors that whoever is given them closes only with patience. */
#ifndef CENTERCTL_TESTS_LINGER_H
#define CENTERCTL_TESTS_LINGER_H

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Byte by byte in the end: not even an empty message finds room. */
static void fill(int end)
{
	char waste[4096] = {0};
	for (size_t size = sizeof(waste); size > 0; size /= 2)
		while (send(end, waste, size, MSG_DONTWAIT) > 0)
			continue;
}

/* Something is on its way that the other end, which stays open, never takes. */
static int lingering(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	const struct linger minute = {1, 60};
	const int little = 4096; /* else there may be room for all, some moments later */
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
	if (setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little)) < 0 ||
	    bind(listener, (struct sockaddr *)&at, len) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) < 0 || connect(s, (struct sockaddr *)&at, len) < 0 ||
	    setsockopt(s, SOL_SOCKET, SO_LINGER, &minute, sizeof(minute)) < 0)
		_exit(95);
	fill(s);
	return s;
}

/* Over a unix socket, beside these bytes: the last descriptor of a connection that lingers. To close it takes a minute.
 */
static void give_lingering(int to, const void *bytes, size_t len)
{
	int fd = lingering();
	char room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {(void *)(uintptr_t)bytes, len};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	if (sendmsg(to, &m, 0) < 0)
		_exit(94);
	close(fd);
}

#endif

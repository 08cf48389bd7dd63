/* SPDX-License-Identifier: ISC */
/*
 * A front that never reads what centerctl-enter says to it.
 *
 *   mute FILL ENTER CONTAINER COMMAND...
 *
 * FILL: `before` fills the channel before centerctl-enter is started, `after` when the command has begun. `channel` and
 * `stdin` then send the last descriptor of a connection that lingers, through that one: to close it takes a minute.
 * Exits as centerctl-enter does.
 */
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

#include "front.h"

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

static void give_away(int to, int fd)
{
	static const uint32_t resize[] = {0x43435431, CHANNEL_RESIZE, 8, 24, 80};
	char room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {(void *)(uintptr_t)resize, sizeof(resize)};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	if (sendmsg(to, &m, 0) < 0)
		_exit(94);
	close(fd);
}

int main(int argc, char **argv)
{
	int pair[2], in[2];
	if (argc < 5 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, in) < 0)
		return 99;
	bool after = strcmp(argv[1], "after") == 0, by_stdin = strcmp(argv[1], "stdin") == 0;
	bool gives = by_stdin || strcmp(argv[1], "channel") == 0;
	if (!after && !gives)
		fill(pair[1]);
	pid_t pid = front_start(argv[2], pair, by_stdin ? in[1] : STDIN_FILENO);
	struct request r = front_request(argv[3], argv + 4);
	r.stdin_open = by_stdin;
	front_send(pair[0], &r);
	if (after && poll(&(struct pollfd){.fd = pair[0], .events = POLLIN}, 1, 10000) == 1)
		fill(pair[1]);
	if (gives && poll(&(struct pollfd){.fd = pair[0], .events = POLLIN}, 1, 10000) == 1)
		give_away(by_stdin ? in[0] : pair[0], lingering());
	close(pair[1]);
	/* The reading end stays open, and nothing is read from it. */
	return front_wait(pid);
}

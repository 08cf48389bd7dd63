/* SPDX-License-Identifier: ISC */
#include "message.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"

static const uint32_t MAGIC = 0x43435431; /* "CCT1" */

struct header {
	uint32_t magic;
	uint32_t type;
	uint32_t len;
};

void message_done(struct message *m)
{
	cleanup_free_function(&m->data);
	for (size_t i = 0; i < m->fd_count; i++)
		close_fd(m->fds[i]);
	*m = MESSAGE_INIT;
}

static int wait_for_room(int sock, int64_t deadline)
{
	int r = errno == EAGAIN ? wait_fd(sock, POLLOUT, deadline) : errno == EINTR ? 0 : -errno;
	return r < 0 ? r : 0;
}

static int send_rest(int sock, const char *data, size_t len, int64_t deadline)
{
	while (len > 0) {
		ssize_t n = send(sock, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0) {
			int r = wait_for_room(sock, deadline);
			if (r < 0)
				return r;
			continue;
		}
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int message_send(int sock, uint32_t type, const struct buf *payload, const int *fds, size_t fd_count)
{
	return message_send_by(sock, type, payload, fds, fd_count, now_ms() + MESSAGE_SEND_MS);
}

int message_send_by(int sock, uint32_t type, const struct buf *payload, const int *fds, size_t fd_count,
		    int64_t deadline)
{
	if ((payload && payload->failed) || (payload && payload->len > UINT32_MAX))
		return -ENOMEM;
	if (fd_count > MESSAGE_FDS_MAX)
		return -EINVAL;
	struct header head = {.magic = MAGIC, .type = type, .len = payload ? (uint32_t)payload->len : 0};
	struct iovec parts[2] = {{&head, sizeof(head)}, {payload ? payload->data : NULL, head.len}};
	union {
		char space[CMSG_SPACE(sizeof(int) * MESSAGE_FDS_MAX)];
		struct cmsghdr align;
	} control = {{0}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = head.len ? 2 : 1};
	if (fd_count > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_count);
	}
	ssize_t n;
	while ((n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT)) < 0) {
		int r = wait_for_room(sock, deadline);
		if (r < 0)
			return r;
	}
	size_t sent = (size_t)n;
	if (sent < sizeof(head)) {
		int r = send_rest(sock, (char *)&head + sent, sizeof(head) - sent, deadline);
		if (r < 0)
			return r;
		sent = sizeof(head);
	}
	return head.len ? send_rest(sock, payload->data + (sent - sizeof(head)), head.len - (sent - sizeof(head)),
				    deadline)
			: 0;
}

/*
 * One recvmsg(), with the descriptors that came along moved into m. Returns the bytes, 0 at the end, or -errno.
 *
 * Of a surplus nothing is cut off by the kernel and nothing is closed here: to close the last descriptor of a socket
 * may take as long as its SO_LINGER says, and one of a FUSE file as long as its server likes. At exit, nobody waits for
 * it.
 */
static long recv_some(int sock, void *data, size_t len, size_t max_fds, struct message *m)
{
	union {
		char space[CMSG_SPACE(sizeof(int) * IO_FDS_MAX)];
		struct cmsghdr align;
	} control;
	struct iovec part = {data, len};
	struct msghdr msg = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	ssize_t n;
	do {
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	bool surplus = msg.msg_flags & MSG_CTRUNC;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (m->fd_count < max_fds && m->fd_count < MESSAGE_FDS_MAX)
				m->fds[m->fd_count++] = fd;
			else
				surplus = true;
		}
	}
	return surplus ? -EBADMSG : n;
}

static int recv_exact(int sock, void *data, size_t len, size_t max_fds, int abort_fd, int64_t deadline,
		      struct message *m)
{
	size_t have = 0;
	while (have < len) {
		int ready = wait_fd_or(sock, POLLIN, abort_fd, deadline);
		if (ready < 0)
			return ready;
		long n = recv_some(sock, (char *)data + have, len - have, max_fds, m);
		if (n == -EAGAIN)
			continue;
		if (n < 0)
			return (int)n;
		if (n == 0)
			return -ECONNRESET;
		have += (size_t)n;
	}
	return 0;
}

int message_recv(int sock, size_t max, size_t max_fds, int abort_fd, int64_t deadline, struct message *ret)
{
	cleanup_message struct message m = MESSAGE_INIT;
	struct header head;
	int r = recv_exact(sock, &head, sizeof(head), max_fds, abort_fd, deadline, &m);
	if (r < 0)
		return r;
	if (head.magic != MAGIC || head.len > max)
		return -EBADMSG;
	m.type = head.type;
	m.len = head.len;
	m.data = malloc(m.len + 1);
	if (!m.data)
		return -ENOMEM;
	m.data[m.len] = '\0';
	r = recv_exact(sock, m.data, m.len, 0, abort_fd, deadline, &m);
	if (r < 0)
		return r;
	*ret = m;
	m = MESSAGE_INIT;
	return 0;
}

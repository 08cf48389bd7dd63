/* SPDX-License-Identifier: ISC */
#include "refusal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/io.h"

/* draft-ietf-secsh-filexfer-02. */
enum {
	FXP_INIT = 1,
	FXP_VERSION = 2,
	FXP_STAT = 17,
	FXP_STATUS = 101,
	FXP_ATTRS = 105,
	FX_PERMISSION_DENIED = 3,
	SFTP_VERSION = 3,
};

enum { PACKET_MAX = 256 << 10, REQUESTS_MAX = 64, SERVE_MS = 10000, TEXT_MAX = 1024 };

/* 0, or -errno; the end of the input is an error like any other. */
static int take(void *to, size_t len, int64_t deadline)
{
	for (char *at = to; len > 0;) {
		int r = wait_fd(STDIN_FILENO, POLLIN, deadline);
		ssize_t n = r < 0 ? 0 : read(STDIN_FILENO, at, len);
		if (r < 0 || n <= 0)
			return r < 0 ? r : -EPIPE;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A packet's type, and what follows it: a request's number. The rest is thrown away unread. */
static int take_packet(uint8_t *ret_type, uint32_t *ret_number, int64_t deadline)
{
	char rest[4096];
	uint32_t len;
	int r = take(&len, sizeof(len), deadline);
	len = r == 0 ? ntohl(len) : 0;
	if (r < 0 || len < 1 + sizeof(*ret_number) || len > PACKET_MAX)
		return -EBADMSG;
	r = take(ret_type, 1, deadline);
	if (r == 0)
		r = take(ret_number, sizeof(*ret_number), deadline);
	for (len -= 1 + sizeof(*ret_number); r == 0 && len > 0;) {
		size_t piece = len < sizeof(rest) ? len : sizeof(rest);
		r = take(rest, piece, deadline);
		len -= (uint32_t)piece;
	}
	return r;
}

static void put_u32(struct buf *to, uint32_t value)
{
	value = htonl(value);
	buf_add(to, &value, sizeof(value));
}

/* number is as the client sent it. */
static int put_packet(uint8_t type, uint32_t number, const struct buf *rest, int64_t deadline)
{
	cleanup_buf struct buf b = {0};
	put_u32(&b, (uint32_t)(1 + sizeof(number) + rest->len));
	buf_add(&b, &type, 1);
	buf_add(&b, &number, sizeof(number));
	buf_add(&b, rest->data, rest->len);
	/* A pipe that can be written to at all has room for all of it. */
	int r = wait_fd(STDOUT_FILENO, POLLOUT, deadline);
	if (r < 0 || b.failed || rest->failed)
		return r < 0 ? r : -ENOMEM;
	return write_full(STDOUT_FILENO, b.data, b.len);
}

static void put_denied(struct buf *to, const char *text)
{
	size_t len = strnlen(text, TEXT_MAX);
	put_u32(to, FX_PERMISSION_DENIED);
	put_u32(to, (uint32_t)len);
	buf_add(to, text, len);
	put_u32(to, 0); /* the language, which is not told */
}

/*
 * To scp(1), what cannot be looked at is not there, and it says so. It is told nothing about the file instead, and goes
 * on to what it was asked to do.
 */
static int answer(uint8_t type, uint32_t number, const char *text, int64_t deadline)
{
	cleanup_buf struct buf rest = {0};
	if (type == FXP_STAT)
		put_u32(&rest, 0);
	else
		put_denied(&rest, text);
	return put_packet(type == FXP_STAT ? FXP_ATTRS : FXP_STATUS, number, &rest, deadline);
}

void refusal_serve_sftp(const char *text)
{
	uint8_t type;
	uint32_t number; /* with FXP_INIT, the client's version */
	const struct buf nothing = {0};
	int64_t deadline = now_ms() + SERVE_MS;
	int r = take_packet(&type, &number, deadline);
	if (r == 0)
		r = type == FXP_INIT ? put_packet(FXP_VERSION, htonl(SFTP_VERSION), &nothing, deadline) : -EBADMSG;
	for (int i = 0; r == 0 && i < REQUESTS_MAX; i++) {
		r = take_packet(&type, &number, deadline);
		if (r == 0)
			r = answer(type, number, text, deadline);
	}
}

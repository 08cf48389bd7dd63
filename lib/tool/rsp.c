/* SPDX-License-Identifier: ISC */
#include "rsp.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { INTERRUPT = 3 };

static const char done[] = "$F0#76", ok[] = "$OK#9a";
static const char unknown[] = "$#00";

void rsp_done(struct rsp *r)
{
	buf_done(&r->packet);
	buf_done(&r->held);
	strv_free(r->points);
	r->points = NULL;
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static unsigned char checksum(const char *data, size_t len)
{
	unsigned char sum = 0;
	while (len > 0)
		sum = (unsigned char)(sum + (unsigned char)data[--len]);
	return sum;
}

/* "$" DATA "#" and two digits. */
static bool is_intact(const struct buf *p)
{
	int high = digit(p->data[p->len - 2]), low = digit(p->data[p->len - 1]);
	return high >= 0 && low >= 0 && checksum(p->data + 1, p->len - 4) == (high << 4 | low);
}

static void add_packet(struct buf *to, const struct buf *data)
{
	buf_puts(to, "$");
	buf_add(to, data->data, data->len);
	buf_printf(to, "#%02x", checksum(data->data, data->len));
}

/* Not into the middle of what the server is saying. */
static void answer(struct rsp *r, const char *packet, struct buf *to_client)
{
	struct buf *to = r->server == RSP_BETWEEN ? to_client : &r->held;
	if (!r->no_acks) {
		buf_puts(to, "+");
		r->owed_acks++;
	}
	buf_puts(to, packet);
	r->answered = packet;
}

/* vFile:setfs:PID; 0 are the server's own files. False if it is not that. */
static bool take_setfs(struct rsp *r, const char *data, struct buf *to_client)
{
	const char *pid = str_after(data, "vFile:setfs:");
	uint64_t n = 0;
	if (!pid || !*pid)
		return false;
	for (; *pid; pid++) {
		if (digit(*pid) < 0 || n >> 32)
			return false;
		n = n << 4 | (uint64_t)digit(*pid);
	}
	r->own_files = n == 0 && !r->strict;
	answer(r, done, to_client);
	return true;
}

/* The path that begins at hex, NULL if there is none, or not an absolute one. *ret_end is what follows. */
static char *decode_path(const char *hex, const char **ret_end)
{
	size_t len = 0;
	while (digit(hex[2 * len]) >= 0 && digit(hex[2 * len + 1]) >= 0)
		len++;
	const char *end = hex + 2 * len;
	if (len == 0 || (*end && *end != ','))
		return NULL;
	char *path = malloc(len + 1);
	for (size_t i = 0; path && i < len; i++)
		path[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
	if (path)
		path[len] = '\0';
	/* A NUL inside would make it another name for gdbserver than for us. */
	if (path && (path[0] != '/' || strlen(path) != len))
		cleanup_free_function(&path);
	*ret_end = end;
	return path;
}

/* False if it names no file of the process. */
static bool take_path(struct rsp *r, const char *data, struct buf *to_server)
{
	static const struct {
		const char *name;
		bool follow;
	} requests[] = {{"vFile:open:", true},
			{"vFile:stat:", true},
			{"vFile:readlink:", false},
			{"vFile:lstat:", false},
			{"vFile:unlink:", false}};
	if (r->own_files)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		const char *hex = str_after(data, requests[i].name), *end = NULL;
		cleanup_free char *path = hex ? decode_path(hex, &end) : NULL;
		cleanup_free char *real = path ? r->resolve(path, requests[i].follow) : NULL;
		cleanup_buf struct buf changed = {0};
		if (!real)
			continue;
		buf_puts(&changed, requests[i].name);
		for (const char *c = real; *c; c++)
			buf_printf(&changed, "%02x", (unsigned char)*c);
		buf_puts(&changed, end);
		if (changed.failed)
			to_server->failed = true;
		else
			add_packet(to_server, &changed);
		return true;
	}
	return false;
}

/* How a client that does not wait for stops asks for one. */
static bool take_interrupt(struct rsp *r, const char *data, struct buf *to_client)
{
	if (!str_eq(data, "vCtrlC"))
		return false;
	r->interrupted = true;
	answer(r, ok, to_client);
	return true;
}

/* "TYPE,ADDRESS,KIND", without the conditions that may follow. */
static bool copy_point(const char *data, char *to, size_t size)
{
	size_t len = strcspn(data, ";");
	if (len < 5 || len >= size || strspn(data, "0123456789abcdefABCDEF,") < len)
		return false;
	memcpy(to, data, len);
	to[len] = '\0';
	return true;
}

static void drop_point(char **points, const char *point)
{
	char **to = points;
	for (char **from = points; from && *from; from++) {
		if (str_eq(*from, point))
			free(*from);
		else
			*to++ = *from;
	}
	if (to)
		*to = NULL;
}

/* Put in twice, it is in once. One that gdbserver refuses is counted, too: to take it out is another refusal. */
static void note_point(struct rsp *r, const char *data, struct buf *to_server)
{
	char point[64];
	if ((data[0] != 'Z' && data[0] != 'z') || !copy_point(data + 1, point, sizeof(point)))
		return;
	drop_point(r->points, point);
	if (data[0] == 'Z' && strv_add(&r->points, point) < 0)
		to_server->failed = true;
}

static bool is_resumption(const char *data)
{
	return str_starts(data, "vCont;") || (*data && strchr("cCsS", *data));
}

/* By its first bytes: gdbserver acts on packets whose checksum is wrong, too, once there are no acknowledgements. */
static bool is_for_its_owner(const struct buf *p)
{
	/* Escaped, `$` would not be there: it may begin a packet within this one. */
	static const char *const requests[] = {
		"!", "vRun", "vAttach", "R", "A", "qRcmd", "QSetWorkingDir", "QEnvironment", "QStartupWithShell"};
	if (memchr(p->data + 1, '$', p->len - 1))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (p->len > strlen(requests[i]) && memcmp(p->data + 1, requests[i], strlen(requests[i])) == 0)
			return true;
	return false;
}

static void take_packet(struct rsp *r, struct buf *to_server, struct buf *to_client)
{
	struct buf *p = &r->packet;
	if (r->strict && !p->failed && is_for_its_owner(p)) {
		answer(r, unknown, to_client);
		p->len = 0;
		return;
	}
	cleanup_free char *data = p->failed || !is_intact(p) ? NULL : strndup(p->data + 1, p->len - 4);
	/* Binary data may have NULs in it, no request that we know has. */
	bool known = data && strlen(data) == p->len - 4;
	if (known && str_eq(data, "QStartNoAckMode"))
		r->asked_no_acks = true;
	if (known && is_resumption(data))
		r->runs = true;
	if (known)
		note_point(r, data, to_server);
	if (p->failed)
		to_server->failed = true;
	else if (!known || (!take_setfs(r, data, to_client) && !take_interrupt(r, data, to_client) &&
			    !take_path(r, data, to_server)))
		buf_add(to_server, p->data, p->len);
	p->len = 0;
}

/* Between packets: acknowledgements, and the byte that interrupts. */
static void take_single(struct rsp *r, char c, struct buf *to_server, struct buf *to_client)
{
	if (c == '$') {
		r->client = RSP_PACKET;
		buf_add(&r->packet, &c, 1);
	} else if (c == INTERRUPT) {
		/* One that comes when the process has stopped already would end it when it goes on. */
		r->interrupted = r->interrupted || r->runs;
	} else if (r->owed_acks > 0 && c == '+') {
		r->owed_acks--;
	} else if (r->owed_acks > 0 && c == '-') {
		buf_puts(r->server == RSP_BETWEEN ? to_client : &r->held, r->answered);
	} else {
		buf_add(to_server, &c, 1);
	}
}

static void take_inside(struct rsp *r, char c, struct buf *to_server, struct buf *to_client)
{
	bool passing = r->client == RSP_PASSING || r->packet.len == 0;
	if (!passing || !r->strict)
		buf_add(passing ? to_server : &r->packet, &c, 1);
	if (r->client == RSP_SUM_SECOND) {
		r->client = RSP_BETWEEN;
		if (!passing)
			take_packet(r, to_server, to_client);
	} else if (r->client == RSP_SUM_FIRST) {
		r->client = RSP_SUM_SECOND;
	} else if (c == '#') {
		r->client = RSP_SUM_FIRST;
	} else if (!passing && r->packet.len > RSP_PACKET_MAX) {
		if (!r->strict)
			buf_add(to_server, r->packet.data, r->packet.len);
		r->packet.len = 0;
		r->client = RSP_PASSING;
	}
}

int rsp_from_client(struct rsp *r, const char *data, size_t len, struct buf *to_server, struct buf *to_client)
{
	for (size_t i = 0; i < len; i++) {
		if (r->client == RSP_BETWEEN)
			take_single(r, data[i], to_server, to_client);
		else
			take_inside(r, data[i], to_server, to_client);
	}
	return r->packet.failed || r->held.failed || to_server->failed || to_client->failed ? -ENOMEM : 0;
}

/* Whether acknowledgements end is for the server to say. */
static void end_reply(struct rsp *r, struct buf *to_client)
{
	if (r->reply_counts && r->asked_no_acks) {
		r->no_acks = r->reply_len == 2 && memcmp(r->reply, "OK", 2) == 0;
		r->asked_no_acks = false;
	}
	/* What the process prints (O, and hexadecimal digits) is no answer yet. */
	if (r->reply_counts && (r->reply_len == 0 || r->reply[0] != 'O' || r->reply[1] == 'K'))
		r->runs = false;
	buf_add(to_client, r->held.data, r->held.len);
	r->held.len = 0;
}

static void take_from_server(struct rsp *r, char c, struct buf *to_client)
{
	buf_add(to_client, &c, 1);
	switch (r->server) {
	case RSP_BETWEEN:
		if (c == '$' || c == '%') {
			r->server = RSP_PACKET;
			r->reply_counts = c == '$';
			r->reply_len = 0;
		}
		break;
	case RSP_SUM_FIRST:
		r->server = RSP_SUM_SECOND;
		break;
	case RSP_SUM_SECOND:
		r->server = RSP_BETWEEN;
		end_reply(r, to_client);
		break;
	default:
		if (c == '#')
			r->server = RSP_SUM_FIRST;
		else if (r->reply_len < sizeof(r->reply))
			r->reply[r->reply_len++] = c;
	}
}

int rsp_from_server(struct rsp *r, const char *data, size_t len, struct buf *to_client)
{
	for (size_t i = 0; i < len; i++)
		take_from_server(r, data[i], to_client);
	return to_client->failed || r->held.failed ? -ENOMEM : 0;
}

int rsp_add_farewell(const struct rsp *r, struct buf *to_server)
{
	for (char **point = r->points; point && *point; point++) {
		cleanup_buf struct buf data = {0};
		buf_printf(&data, "z%s", *point);
		if (data.failed)
			return -ENOMEM;
		add_packet(to_server, &data);
		/* For the answer that it will get. */
		if (!r->no_acks)
			buf_puts(to_server, "+");
	}
	return to_server->failed ? -ENOMEM : 0;
}

bool rsp_is_between(const struct rsp *r)
{
	return r->client == RSP_BETWEEN || r->packet.len > 0;
}

/* SPDX-License-Identifier: ISC */
/* `dial [--name=CONTAINER] -- [HOST] PORT`: a connection from the container's network, on standard input and output. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inside.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/say.h"
#include "lib/base/text.h"
#include "lib/inside/hosts.h"
#include "look.h"
#include "relay.h"

enum { DIAL_MS = 10000, EXIT_NOT_CONNECTED = 1 };

struct dial {
	const char *name; /* of the container, for messages */
	const char *host; /* NULL: the container itself */
	uint16_t port;
	struct hosts_found at;
};

/* A resolver that waits, for a server or on a file system, is not waited for. */
static char too_late[ERROR_TEXT_MAX];

static void on_alarm(int number)
{
	(void)number;
	(void)!write(STDERR_FILENO, too_late, strlen(too_late));
	_exit(EXIT_NOT_CONNECTED);
}

static int parse(const struct inside *in, struct dial *d, struct error *err)
{
	uint64_t port;
	d->name = "the container";
	for (char **o = in->options; *o; o++) {
		const char *name = inside_value(*o, "name");
		if (!name)
			return inside_unknown(*o, err);
		d->name = name;
	}
	if (in->count < 1 || in->count > 2 || parse_u64(in->words[in->count - 1], UINT16_MAX, &port) < 0 || port == 0)
		return error_set(err, -EINVAL, "dial: [HOST] PORT is expected");
	d->host = in->count == 2 ? in->words[0] : NULL;
	d->port = (uint16_t)port;
	return 0;
}

/* What was to be reached, as it is said. */
static void put_place(const struct dial *d, char *room, size_t size)
{
	char host[256];
	if (!d->host) {
		snprintf(room, size, "port %u of %s", d->port, d->name);
		return;
	}
	text_escape(host, sizeof(host), d->host, strlen(d->host));
	snprintf(room, size, strchr(host, ':') ? "[%s]:%u from %s" : "%s:%u from %s", host, d->port, d->name);
}

static int find(struct dial *d, struct error *err)
{
	struct in_addr own = {.s_addr = htonl(INADDR_LOOPBACK)};
	if (d->host)
		return hosts_add_numeric(&d->at, d->host) == 0 ? 0 : look_up(d->host, &d->at, err);
	hosts_add(&d->at, AF_INET, &own);
	hosts_add(&d->at, AF_INET6, &in6addr_loopback);
	return 0;
}

static int wait_connected(int sock, int64_t deadline)
{
	int code = 0;
	socklen_t len = sizeof(code);
	int r = wait_fd(sock, POLLOUT, deadline);
	if (r < 0)
		return r;
	return getsockopt(sock, SOL_SOCKET, SO_ERROR, &code, &len) < 0 ? -errno : -code;
}

/* A connected, non-blocking socket, or -errno. */
static int connect_to(struct sockaddr_storage *a, uint16_t port, int64_t deadline)
{
	bool v4 = a->ss_family == AF_INET;
	socklen_t len = v4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	if (v4)
		((struct sockaddr_in *)a)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)a)->sin6_port = htons(port);
	cleanup_fd int sock = socket(a->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	int r = connect(sock, (struct sockaddr *)a, len) < 0 ? -errno : 0;
	if (r == -EINPROGRESS)
		r = wait_connected(sock, deadline);
	/* Each side has its own idea of when to wait for more; ours adds nothing to that. */
	setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return r < 0 ? r : steal_fd(&sock);
}

/* Each address gets its share of the time that is left. The first error is the one that is told. */
static int connect_any(struct dial *d, int64_t deadline)
{
	int first = 0;
	for (size_t i = 0; i < d->at.count; i++) {
		int64_t share = left_ms(deadline) / (int64_t)(d->at.count - i);
		int sock = connect_to(&d->at.address[i], d->port, now_ms() + share);
		if (sock >= 0)
			return sock;
		/* A container without IPv6 says so of its loopback: of no interest. */
		if (first == 0)
			first = sock;
	}
	return first;
}

static int refuse(const struct dial *d, int code, const char *why)
{
	char place[512], text[ERROR_TEXT_MAX + 600];
	put_place(d, place, sizeof(place));
	if (why)
		snprintf(text, sizeof(text), "cannot connect to %s: %s", place, why);
	else if (code == -ECONNREFUSED)
		snprintf(text, sizeof(text), "cannot connect to %s: connection refused: does it listen there?", place);
	else if (code == -ETIMEDOUT)
		snprintf(text, sizeof(text), "cannot connect to %s: no answer within %d s", place, DIAL_MS / 1000);
	else
		snprintf(text, sizeof(text), "cannot connect to %s: %s", place, error_name(-code));
	say(text);
	return EXIT_NOT_CONNECTED;
}

static void set_alarm(const struct dial *d)
{
	char place[512];
	put_place(d, place, sizeof(place));
	snprintf(too_late, sizeof(too_late),
		 "centerctl: cannot connect to %s: its name servers did not answer within %d s\n", place,
		 DIAL_MS / 1000);
	signal(SIGALRM, on_alarm);
	alarm(DIAL_MS / 1000);
}

int dial_run(const struct inside *in, struct error *err)
{
	struct dial d = {0};
	int r = parse(in, &d, err);
	if (r < 0)
		return r;
	int64_t deadline = now_ms() + DIAL_MS;
	set_alarm(&d);
	r = find(&d, err);
	alarm(0);
	if (r < 0)
		return refuse(&d, r, err->text);
	cleanup_fd int sock = connect_any(&d, deadline);
	if (sock < 0)
		return refuse(&d, sock, NULL);
	if (relay_run(sock, err) == 0)
		return 0;
	say(err->text);
	return EXIT_NOT_CONNECTED;
}

/* SPDX-License-Identifier: ISC */
/*
 * A front that never reads what centerctl-enter says to it.
 *
 *   mute FILL ENTER CONTAINER COMMAND...
 *
 * FILL: `before` fills the channel before centerctl-enter is started, `after` when the command has begun. Exits as
 * centerctl-enter does.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"

enum { CHANNEL = 3 };

static void send_request(int to, char **argv)
{
	static char empty[] = "";
	struct buf b = {0};
	struct request r = {
		.verb = VERB_EXEC,
		.target = argv[3],
		.engine = {.scheme = ENGINE_UNIX,
			   .path = empty,
			   .host = empty,
			   .ca_pem = empty,
			   .cert_pem = empty,
			   .key_pem = empty},
		.command = argv + 4,
		.line = empty,
		.identity = {.key = empty, .fingerprint = empty, .cert_id = empty, .address = empty},
		.as = empty,
		.user = empty,
		.workdir = empty,
		.term = empty,
		.ns = NS_ALL,
	};
	request_encode(&r, &b);
	message_send(to, CHANNEL_REQUEST, &b, NULL, 0);
	buf_done(&b);
}

/* Byte by byte in the end: not even an empty message finds room. */
static void fill(int end)
{
	char waste[4096] = {0};
	for (size_t size = sizeof(waste); size > 0; size /= 2)
		while (send(end, waste, size, MSG_DONTWAIT) > 0)
			continue;
}

int main(int argc, char **argv)
{
	int pair[2], status = 0;
	if (argc < 5 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 99;
	bool after = strcmp(argv[1], "after") == 0;
	if (!after)
		fill(pair[1]);
	pid_t pid = fork();
	if (pid == 0) {
		close(pair[0]);
		dup2(pair[1], CHANNEL);
		execl(argv[2], "centerctl-enter", "--channel=3", (char *)NULL);
		_exit(98);
	}
	send_request(pair[0], argv);
	if (after && poll(&(struct pollfd){.fd = pair[0], .events = POLLIN}, 1, 10000) == 1)
		fill(pair[1]);
	close(pair[1]);
	/* The reading end stays open, and nothing is read from it. */
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 97;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 96;
}

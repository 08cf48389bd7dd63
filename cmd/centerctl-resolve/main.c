/* SPDX-License-Identifier: ISC */
/*
 * centerctl-resolve: parses what engines and containers control, so that centerctl-enter need not. It is started by
 * centerctl-enter only, as nobody, with a stream socket as descriptor 3; it answers one ask after the other
 * (lib/proto/answer.h) and ends at end of file.
 *
 * Starting it is on the way of every entry: do nothing here that is seldom needed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "sandbox.h"
#include "serve.h"

enum { CHANNEL = 3 };

/* By which a session is ended. */
static const int ending[] = {SIGHUP, SIGINT, SIGTERM};

static bool is_stream_socket(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

static int receive(struct message *ret)
{
	return message_recv(CHANNEL, ASK_BYTES_MAX, ASK_FDS_MAX, -1, INT64_MAX, ret);
}

/*
 * Every way out is _exit(): destructors of thirty libraries take time, and a sanitizer's leak check makes system calls
 * that the sandbox kills for.
 */
int main(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	if (!is_stream_socket(CHANNEL)) {
		fputs("centerctl-resolve: this program is started by centerctl only\n", stderr);
		return EXIT_OURS;
	}
	signal(SIGPIPE, SIG_IGN); /* a TLS library writes without MSG_NOSIGNAL */
	sandbox_limit();
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		signal(ending[i], SIG_DFL);

	/*
	 * The first ask comes from centerctl-enter before it has seen anything that a container controls. It tells
	 * whether there is TLS to speak, whose library reads files and takes a millisecond to set up.
	 */
	struct message ask = MESSAGE_INIT;
	if (receive(&ask) < 0)
		_exit(0);
	struct resolver r;
	resolver_init(&r, &ask);
	/* What a container writes may be more than that takes. */
	if (ask.type != ASK_LOGS)
		sandbox_limit_time();
	struct error err = ERROR_INIT;
	if (sandbox_lock(&err) < 0)
		_exit(resolver_refuse(CHANNEL, err.text) < 0 ? EXIT_OURS : 0);

	for (;;) {
		if (resolver_answer(&r, &ask, CHANNEL) < 0)
			_exit(EXIT_OURS);
		if (ask.type == ASK_LOGS) /* we are a session's child then, whose end is waited for */
			_exit(0);
		message_done(&ask);
		int got = receive(&ask);
		if (got < 0)
			_exit(got == -ECONNRESET ? 0 : EXIT_OURS);
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * Asks centerctl-enter for an entry as somebody else: the request that centerctl-gate would have sent for a key.
 *
 *   [FORGER_ENGINE=SOCKET] [FORGER_REFUSED=LINE] [FORGER_DEBUG=WORDS] forger ENTER KEY FINGERPRINT CONTAINER COMMAND...
 *
 * With FORGER_REFUSED it reports that the gate refused this line instead; CONTAINER is the reason then. With
 * FORGER_DEBUG it asks to debug: `fallback` as a shell would, `static` with the host's busybox. FORGER_VERB and
 * FORGER_SERVICE are numbers of enum verb and enum service; FORGER_OPTION is an option of the service.
 *
 * Prints what centerctl-enter says against it; exits as it does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"

enum { CHANNEL = 3 };

static char docker[] = "/run/docker.sock", empty[] = "", address[] = "10.1.2.3", oncall[] = "oncall",
	    busybox[] = "busybox";

static void send_request(int to, char **argv)
{
	char *principals[] = {oncall, NULL};
	struct buf b = {0};
	struct request r = {
		.verb = VERB_EXEC,
		.target = argv[4],
		.engine = {.scheme = ENGINE_UNIX,
			   .path = empty,
			   .host = empty,
			   .ca_pem = empty,
			   .cert_pem = empty,
			   .key_pem = empty},
		.command = argv + 5,
		.line = empty,
		.identity = {.key = argv[2],
			     .fingerprint = argv[3],
			     .cert_id = empty,
			     .principals = principals,
			     .address = address},
		.as = empty,
		.user = empty,
		.workdir = empty,
		.term = empty,
		.ns = NS_ALL,
	};
	const char *debug = getenv("FORGER_DEBUG");
	if (debug) {
		r.debug = true;
		r.fallback = strstr(debug, "fallback");
		r.static_tool = strstr(debug, "static") ? busybox : NULL;
	}
	if (getenv("FORGER_VERB"))
		r.verb = (enum verb)atoi(getenv("FORGER_VERB"));
	if (getenv("FORGER_SERVICE"))
		r.service = (enum service)atoi(getenv("FORGER_SERVICE"));
	char *options[] = {getenv("FORGER_OPTION"), NULL};
	r.options = options;
	r.signal = r.verb == VERB_SIGNAL ? 18 : 0;
	r.tail = -1;
	if (getenv("FORGER_REFUSED")) {
		r.verb = VERB_REFUSED;
		r.line = getenv("FORGER_REFUSED");
	}
	r.engine.path = getenv("FORGER_ENGINE") ? getenv("FORGER_ENGINE") : docker;
	request_encode(&r, &b);
	message_send(to, CHANNEL_REQUEST, &b, NULL, 0);
	buf_done(&b);
}

static void read_answers(int from)
{
	struct message m = MESSAGE_INIT;
	while (message_recv(from, CHANNEL_FROM_ENTER_MAX, 0, -1, INT64_MAX, &m) == 0) {
		if (m.type == CHANNEL_ERROR && m.len > 8)
			fprintf(stderr, "centerctl: %.*s\n", (int)(m.len - 8), (const char *)m.data + 8);
		message_done(&m);
	}
}

int main(int argc, char **argv)
{
	int pair[2], status = 0;
	if (argc < 6 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 99;
	pid_t pid = fork();
	if (pid == 0) {
		dup2(pair[1], CHANNEL);
		execl(argv[1], "centerctl-enter", "--channel=3", (char *)NULL);
		_exit(98);
	}
	close(pair[1]);
	send_request(pair[0], argv);
	read_answers(pair[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 97;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 96;
}

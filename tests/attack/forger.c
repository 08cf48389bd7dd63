/* SPDX-License-Identifier: ISC */
/*
 * Asks centerctl-enter for an entry as somebody else: the request that centerctl-gate would have sent for a key.
 *
 *   [FORGER_ENGINE=SOCKET] [FORGER_REFUSED=LINE] [FORGER_DEBUG=WORDS] forger ENTER KEY FINGERPRINT CONTAINER
 * [COMMAND...]
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

#include "front.h"

static char docker[] = "/run/docker.sock", address[] = "10.1.2.3", oncall[] = "oncall", busybox[] = "busybox";

static void send_request(int to, char **argv)
{
	char *principals[] = {oncall, NULL};
	struct request r = front_request(argv[4], argv + 5);
	r.identity.key = argv[2];
	r.identity.fingerprint = argv[3];
	r.identity.principals = principals;
	r.identity.address = address;
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
	front_send(to, &r);
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
	int pair[2];
	if (argc < 5 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 99;
	pid_t pid = front_start(argv[1], pair, STDIN_FILENO);
	close(pair[1]);
	send_request(pair[0], argv);
	read_answers(pair[0]);
	return front_wait(pid);
}

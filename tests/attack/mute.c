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
#include <poll.h>
#include <string.h>

#include "front.h"
#include "linger.h"

int main(int argc, char **argv)
{
	static const uint32_t resize[] = {0x43435431, CHANNEL_RESIZE, 8, 24, 80};
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
		give_lingering(by_stdin ? in[0] : pair[0], resize, sizeof(resize));
	close(pair[1]);
	/* The reading end stays open, and nothing is read from it. */
	return front_wait(pid);
}

/* SPDX-License-Identifier: ISC */
/* What fronts of our own have in common: the request for an entry, and a centerctl-enter to send it to. */
#ifndef CENTERCTL_TESTS_FRONT_H
#define CENTERCTL_TESTS_FRONT_H

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"

enum { FRONT_CHANNEL = 3 };

static char front_nothing[] = "";

/* To run `command` in `target`, by no engine's socket and nobody's name yet; nothing in it is owned. */
static struct request front_request(char *target, char **command)
{
	char *const empty = front_nothing;
	return (struct request){
		.verb = VERB_EXEC,
		.target = target,
		.engine = {.scheme = ENGINE_UNIX,
			   .path = empty,
			   .host = empty,
			   .ca_pem = empty,
			   .cert_pem = empty,
			   .key_pem = empty},
		.command = command,
		.line = empty,
		.identity = {.key = empty, .fingerprint = empty, .cert_id = empty, .address = empty},
		.as = empty,
		.user = empty,
		.workdir = empty,
		.term = empty,
		.ns = NS_ALL,
	};
}

static void front_send(int to, const struct request *r)
{
	struct buf b = {0};
	request_encode(r, &b);
	message_send(to, CHANNEL_REQUEST, &b, NULL, 0);
	buf_done(&b);
}

/* The program `enter` at the other end of the pair, of which this end is pair[0]; its standard input is `in`. */
static pid_t front_start(const char *enter, const int pair[2], int in)
{
	pid_t pid = fork();
	if (pid == 0) {
		close(pair[0]);
		dup2(in, STDIN_FILENO);
		dup2(pair[1], FRONT_CHANNEL);
		execl(enter, "centerctl-enter", "--channel=3", (char *)NULL);
		_exit(98);
	}
	return pid;
}

/* Its exit code. */
static int front_wait(pid_t pid)
{
	int status = 0;
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 97;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 96;
}

#endif

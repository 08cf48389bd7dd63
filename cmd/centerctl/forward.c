/* SPDX-License-Identifier: ISC */
/* `centerctl forward`: listens here, and connects to ports of containers. */
#include "forward.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/exec_values.h"
#include "lib/client/report.h"

static const struct option_def table[] = {
	{0, "bind", "ADDRESS", "Listen on this address (default: 127.0.0.1)",
	 OPTION_TEXT(struct forward_options, bind)},
	{0, "address", "ADDRESS", "The same, in kubectl's word", OPTION_TEXT(struct forward_options, bind)},
	{0, "ssh", "DESTINATION", "The containers are those that ssh DESTINATION reaches",
	 OPTION_TEXT(struct forward_options, ssh)},
	{'u', "user", "USER[:GROUP]", "Connect as this user of the container",
	 OPTION_TEXT(struct forward_options, user)},
	{'H', "engine", "URL", "The engine that runs the container (root only)",
	 OPTION_TEXT(struct forward_options, engine)},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct forward_options, help)},
	{0},
};

static void options_done(struct forward_options *o)
{
	free(o->bind);
	free(o->ssh);
	free(o->user);
	free(o->engine);
}

/* Through ssh the words are typed, in effect: nothing may be read in them that was not meant. */
static int check_ssh(const struct forward_options *o, const struct forward_socket *sockets, size_t count,
		     struct error *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-";
	if (!o->ssh)
		return 0;
	if (*o->ssh == '-')
		return error_set(err, -EINVAL, "--ssh %s: a destination does not begin with -", o->ssh);
	if (o->engine)
		return error_set(err, -EINVAL,
				 "--ssh and --engine contradict each other: the engine is the other host's");
	if (o->user && (strspn(o->user, plain) != strlen(o->user) || *o->user == '-'))
		return error_set(err, -EINVAL, "-u %s: through ssh a user is of letters, digits, _ . : and -", o->user);
	for (size_t i = 0; i < count; i++)
		if (target_is_pid(sockets[i].what.target))
			return error_set(err, -EINVAL, "pid: is not for sessions through ssh: name a container");
	return 0;
}

static int announce(const struct forward_socket *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("Forwarding from %s -> %s\n", sockets[i].local, sockets[i].remote);
	return report_flush(stdout);
}

/* kubectl's order: the container first, and its ports as words of their own. */
static int check_order(char *const words[], size_t count, struct error *err)
{
	if (count < 2 || strchr(words[0], ':') || !words[0][strspn(words[0], "0123456789")] || !*words[1] ||
	    words[1][strspn(words[1], "0123456789:")])
		return 0;
	const char *slash = strrchr(words[0], '/'), *colon = strchr(words[1], ':');
	const char *target = slash ? slash + 1 : words[0];
	int local = colon ? (int)(colon + 1 - words[1]) : 0;
	return error_set(err, -EINVAL, "the container's name stands beside each port: write %.*s%s:%s", local, words[1],
			 target, colon ? colon + 1 : words[1]);
}

static int forward(const struct forward_options *o, char *const words[], size_t count, struct error *err)
{
	static struct forward_socket sockets[FORWARD_SOCKETS_MAX];
	if (count > FORWARD_SOCKETS_MAX)
		return error_set(err, -E2BIG, "more than %d ports at once", FORWARD_SOCKETS_MAX);
	int r = check_order(words, count, err);
	for (size_t i = 0; i < count; i++)
		sockets[i].fd = -EBADF;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = port_forward_parse(words[i], &sockets[i].what, err);
	if (r == 0)
		r = check_ssh(o, sockets, count, err);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = forward_listen(&sockets[i], o, err);
	if (r == 0)
		r = forward_check(o, sockets, count, err);
	if (r == 0)
		r = announce(sockets, count);
	if (r == 0)
		r = forward_serve(o, sockets, count, err);
	for (size_t i = 0; i < count; i++)
		forward_socket_done(&sockets[i]);
	return r;
}

static int forward_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct forward_options o = {0};
	int first = option_parse(self->options, self->name, &o, argc, argv, &err), r = first;
	if (first >= 0 && o.help)
		r = help_print_cmd(self, stdout);
	else if (first >= 0)
		r = cmd_check_operands(self, argc - first, &err);
	if (first >= 0 && !o.help && r == 0 && o.engine && geteuid() != 0)
		r = error_set(&err, -EPERM,
			      "--engine is for root alone: others use the engine that centerctl.conf names");
	if (first >= 0 && !o.help && r == 0)
		r = forward(&o, argv + first, (size_t)(argc - first), &err);
	options_done(&o);
	return r < 0 ? report_error(&err) : r;
}

const struct cmd cmd_forward = {
	.name = "forward",
	.usage = "[OPTIONS] [[ADDRESS:]LOCAL:]TARGET:[HOST:]PORT...",
	.summary = "Listen on ports of this host for ports of containers",
	.min_operands = 1,
	.max_operands = -1,
	.options = table,
	.notes = "Each connection to LOCAL (0: any port that is free; default: PORT) is a `centerctl dial TARGET "
		 "[HOST:]PORT`\n"
		 "of its own, or with --ssh an `ssh DESTINATION dial ...`. It goes on until Ctrl-C or SIGTERM.\n\n"
		 "  centerctl forward 8080:web:80 db:5432\n"
		 "  centerctl forward --ssh center@host 8080:web:80\n\n"
		 "Exit code: 0 when it was ended; 125 it could not listen, or a container may not be dialled. See "
		 "centerctl(1).\n",
	.run = forward_run,
};

/* SPDX-License-Identifier: ISC */
/*
 * centerctl-inside SERVICE [--OPTION[=VALUE]]... -- [WORD]...: what centerctl-enter executes in a container instead of
 * a command, in the container's own namespaces and root, as its user, confined as any command there. It has no
 * privilege, and nothing there is trusted or needed: no library, no locale, no name service, no /etc, no /tmp. Standard
 * input and output are the session's. Errors are lines on stderr; the exit code is 125 for a failure of ours.
 */
#include "inside.h"
#include "lib/base/say.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>

/* A service is a file of its own, and a line here. */
static const struct service {
	const char *name;
	int (*run)(const struct inside *in, struct error *err);
} services[] = {
	{"backup", volumes_backup},
	{"read", read_run},
	{"restore", volumes_restore},
	{"write", write_run},
	{"dial", dial_run},
	{"sftp", sftp_run},
	{NULL, NULL},
};

static const struct service *find(const char *name)
{
	for (const struct service *s = services; s->name; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

/* Splits argv[2..] at the "--", in place. */
static int split(struct inside *in, int argc, char *argv[], struct error *err)
{
	int i = 2;
	in->options = argv + i;
	while (i < argc && strcmp(argv[i], "--") != 0)
		i++;
	if (i >= argc)
		return error_set(err, -EINVAL, "centerctl-inside SERVICE [--OPTION]... -- [WORD]...");
	argv[i] = NULL;
	in->words = argv + i + 1;
	in->count = argc - i - 1;
	return 0;
}

int main(int argc, char *argv[])
{
	struct error err = ERROR_INIT;
	struct inside in = {0};
	/*
	 * Others of the same user in there could reach our descriptors through /proc otherwise, and say in our place
	 * what a copy is made of.
	 */
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPIPE, SIG_IGN); /* a write that fails says so by its result, and is reported */
	const struct service *s = argc > 1 ? find(argv[1]) : NULL;
	if (!s) {
		error_set(&err, -EINVAL, "centerctl-inside: no such service; centerctl-enter alone calls this");
		return say_error(&err);
	}
	int r = split(&in, argc, argv, &err);
	if (r == 0)
		r = s->run(&in, &err);
	return r < 0 ? say_error(&err) : r;
}

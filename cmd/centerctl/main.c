/* SPDX-License-Identifier: ISC */
/* centerctl: finds the verb and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/proto/request.h"
#include "lib/client/report.h"

/* A descriptor that is opened later must never become 0, 1 or 2, where the command would find it. */
static int open_stdio(void)
{
	int fd;
	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		if (fd <= STDERR_FILENO && fcntl(fd, F_SETFD, 0) < 0)
			return -errno;
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

/* The spellings of `help` and `version` that every program has. */
static const char *verb_of(const char *word)
{
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
		return "help";
	if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0)
		return "version";
	return word;
}

int main(int argc, char **argv)
{
	struct error err;
	int r = open_stdio();
	if (r < 0) {
		error_errno(&err, r, "cannot open /dev/null");
		return report_error(&err);
	}
	if (argc < 2) {
		help_print_verbs(stderr);
		return EXIT_OURS;
	}
	const struct cmd *cmd = cmd_find(verb_of(argv[1]), &err);
	if (!cmd)
		return report_error(&err);
	return cmd->run(cmd, argc - 1, argv + 1);
}

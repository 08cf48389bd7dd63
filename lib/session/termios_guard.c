/* SPDX-License-Identifier: ISC */
#include "termios_guard.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>

struct termios_guard {
	int fd;
	struct termios saved;
};

struct termios_guard *termios_guard_new(int fd)
{
	struct termios now;
	if (tcgetattr(fd, &now) < 0)
		return NULL;
	struct termios_guard *g = malloc(sizeof(*g));
	if (g)
		*g = (struct termios_guard){.fd = fd, .saved = now};
	return g;
}

void termios_guard_restore(struct termios_guard *g)
{
	if (!g)
		return;
	/* From the background this would stop us. */
	signal(SIGTTOU, SIG_IGN);
	tcsetattr(g->fd, TCSADRAIN, &g->saved);
}

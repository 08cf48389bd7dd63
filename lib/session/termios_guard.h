/* SPDX-License-Identifier: ISC */
/* The caller's terminal, put back where the front can no longer do it. */
#ifndef CENTERCTL_SESSION_TERMIOS_GUARD_H
#define CENTERCTL_SESSION_TERMIOS_GUARD_H

/* The settings of the terminal fd, from before it was made raw; fd is not owned. NULL: it is none, or memory ran out.
 */
struct termios_guard *termios_guard_new(int fd);

/* Puts them back; SIGTTOU is ignored from then on. NULL: nothing. */
void termios_guard_restore(struct termios_guard *g);

#endif

/* SPDX-License-Identifier: ISC */
/* Signals by name or number, as kill(1) and docker kill read them. Numbers are Linux's own, 1 to 64. */
#ifndef CENTERCTL_BASE_SIGNAL_NAME_H
#define CENTERCTL_BASE_SIGNAL_NAME_H

enum { SIGNAL_MAX = 64, SIGNAL_RTMIN = 34 /* as the C library counts: the kernel's 32 and 33 are its own */ };

/* "TERM", "SIGTERM" (in either case), "15", "RTMIN", "RTMIN+3", "RTMAX-2". The number, or -EINVAL. */
int signal_parse(const char *word);

enum { SIGNAL_NAME_SIZE = 12 };

/* "TERM", "RTMIN+3"; the number itself where it has no name. */
void signal_name(int number, char ret[SIGNAL_NAME_SIZE]);

#endif

/* SPDX-License-Identifier: ISC */
/* The shared library of server.c. */
#ifndef CENTERCTL_TESTS_GREETING_H
#define CENTERCTL_TESTS_GREETING_H

#include <stddef.h>

/* Writes what is to be said to this name. */
void greeting_compose(const char *name, char *to, size_t len);

/* Never returns. */
void greeting_wait(void);

#endif

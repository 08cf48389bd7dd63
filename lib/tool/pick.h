/* SPDX-License-Identifier: ISC */
/* --pid=WORD: which of the container's processes is meant. Their names and arguments are theirs to choose: hostile. */
#ifndef CENTERCTL_TOOL_PICK_H
#define CENTERCTL_TOOL_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/error.h"

enum { PICK_TEXT_MAX = 96 };

struct candidate {
	pid_t pid;
	bool ended;
	char comm[16];
	char program[PICK_TEXT_MAX]; /* last component of the executable's name, or "" */
	char first[PICK_TEXT_MAX];   /* last component of argv[0], or "" */
	char line[PICK_TEXT_MAX];    /* the command line, cut, words joined by spaces; or "" */
};

/*
 * The PID. A number is taken as it is, whether it is among the candidates or not. A name is compared with comm, argv[0]
 * and the executable; who has ended is taken only if nobody else has the name. -ESRCH, with who is there; -ENOTUNIQ,
 * with who has that name.
 */
int pick_process(const char *word, const char *target, const struct candidate *all, size_t count, pid_t *ret,
		 struct error *err);

/* The end of a sentence that names candidates, as many as fit: "1 (server -p 80), 7 (sh)". */
void pick_list(const struct candidate *all, size_t count, const char *name, char *to, size_t size);

#endif

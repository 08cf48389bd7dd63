/* SPDX-License-Identifier: ISC */
/*
 * How centerctl-gate is started: `centerctl-gate [NAME] [--container C] [--principals LIST]`, by itself, or as the text
 * behind -c, because sshd runs a forced command through the account's login shell, and that is centerctl-gate too.
 */
#ifndef CENTERCTL_GATE_FORCED_H
#define CENTERCTL_GATE_FORCED_H

#include <stdbool.h>

#include "lib/base/error.h"

struct forced {
	char *name;	   /* NULL: none; else gate_is_name() */
	char *container;   /* NULL: the key is not bound to one; else is_container_word() */
	char **principals; /* the only ones that count of a certificate; NULL: not said */
	bool login;	   /* a login shell without a word: there was no forced command */
	bool help, version;
};

void forced_done(struct forced *f);
#define cleanup_forced __attribute__((cleanup(forced_done)))

/*
 * The command line. own_path is this program's path, as the kernel has it; NULL: not known. A text behind -c that is
 * not a forced command of ours is refused: without command= it would be the client's own.
 */
int forced_parse(int argc, char *const argv[], const char *own_path, struct forced *ret, struct error *err);

/*
 * A forced command's text alone. Its first word is BINDIR/centerctl-gate or own_path; with FORCED_ANYWHERE as own_path
 * it may be any absolute path that ends in /centerctl-gate, as in a file that outlived an installation.
 */
extern const char FORCED_ANYWHERE[];
int forced_parse_command(const char *text, const char *own_path, struct forced *ret, struct error *err);

#endif

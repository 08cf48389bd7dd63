/* SPDX-License-Identifier: ISC */
/*
 * The options of a verb, as one table that the parser, --help, the man page's test and the completions share.
 *
 * Parsing stops at the first operand, so that the options of a command that follows stay its own. Long options are
 * taken only in full: an abbreviation that works today would change its meaning with the next option. A switch may be
 * written --name, --name=true or --name=false, as docker's scripts do.
 */
#ifndef CENTERCTL_CLIENT_OPTION_H
#define CENTERCTL_CLIENT_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/base/error.h"

enum { OPTION_TABLE_MAX = 64, OPTION_TEXT_MAX = 4096 };

struct option_def {
	char letter;	  /* 0: none */
	const char *name; /* without its dashes; NULL ends the table */
	const char *arg;  /* what --help calls its value; NULL: a switch */
	const char *help;
	/*
	 * Takes the value; a switch gets OPTION_ON or OPTION_OFF. Changes nothing but *options. NULL: the value is kept
	 * at `at` in *options, that of a switch in a bool, a text as a copy in a char *, which is not empty.
	 */
	int (*set)(void *options, const char *value, struct error *err);
	size_t at;
};

/* The end of a row whose value is just kept; a member of another type does not compile. */
#define OPTION_SWITCH(type, member) NULL, _Generic(((type *)NULL)->member, bool : offsetof(type, member))
#define OPTION_TEXT(type, member)   NULL, _Generic(((type *)NULL)->member, char * : offsetof(type, member))

/* A row with a setter says nothing about where. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

extern const char OPTION_ON[], OPTION_OFF[];

/*
 * Hands each option in argv[1..] to its row. Returns the index of the first operand (argc if there is none), or
 * -EINVAL, -ENOMEM. verb is named in the pointer to --help. Not reentrant: getopt_long(3) has one state.
 */
int option_parse(const struct option_def *table, const char *verb, void *options, int argc, char *const argv[],
		 struct error *err);

/* The same, for verbs whose options may stand between operands: *ret_dashes is whether a -- ended the options. */
int option_parse_part(const struct option_def *table, const char *verb, void *options, int argc, char *const argv[],
		      bool *ret_dashes, struct error *err);

/* One line for each row of the table. */
void option_print(const struct option_def *table, FILE *to);

#endif

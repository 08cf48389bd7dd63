/* SPDX-License-Identifier: ISC */
/* What the options of cp, backup, restore, sftp and dial have in common: each asks for a service, not for a command. */
#ifndef CENTERCTL_CLIENT_SERVICE_OPTIONS_H
#define CENTERCTL_CLIENT_SERVICE_OPTIONS_H

#include "exec_options.h"
#include "exec_setters.h"
#include "lib/base/error.h"
#include "option.h"

/* Rows of each of their tables, before EXEC_ROWS_END. */
#define SERVICE_ROWS                                                                                          \
	{'u', "user", "USER[:GROUP]", "Run as this user of the container, by name or number", exec_set_user}, \
		{0, "show", NULL, "Show what would be entered, and enter nothing",                            \
		 OPTION_SWITCH(struct exec_options, show)},                                                   \
	{                                                                                                     \
		0, "json", NULL, "With --show: as JSON", OPTION_SWITCH(struct exec_options, json)             \
	}

/* Reads argv[1..] up to the first operand, and makes the request one for that service. The index of that operand, 0
 * with --help, or -errno. */
int service_options_parse(struct exec_options *o, const struct option_def *table, const char *verb,
			  enum service service, int argc, char *const argv[], struct error *err);

#endif

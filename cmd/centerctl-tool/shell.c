/* SPDX-License-Identifier: ISC */
#include "shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "find.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* Shells expand what is in PS1: a name that is no container's name stays out of it. */
static int set_prompt(const struct tool_options *o)
{
	cleanup_free char *prompt = NULL;
	const char *name = o->target && is_container_word(o->target) ? o->target : "container";
	if (asprintf(&prompt, "[debug %s] $PWD %s ", name, geteuid() == 0 ? "#" : "$") < 0)
		return -1;
	return setenv("PS1", prompt, 1);
}

int shell_run(const struct tool_options *o)
{
	/* Not its rc files: distributions' set a prompt of their own. */
	static char *bash[] = {(char *)"/bin/bash", (char *)"--norc", NULL};
	static char *sh[] = {(char *)"/bin/sh", NULL};
	set_prompt(o);
	return find_and_execute(o, access(bash[0], X_OK) == 0 ? bash : sh);
}

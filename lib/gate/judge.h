/* SPDX-License-Identifier: ISC */
/* What a client's line asks for. Pure functions: they open and print nothing. */
#ifndef CENTERCTL_GATE_JUDGE_H
#define CENTERCTL_GATE_JUDGE_H

#include "lib/base/error.h"
#include "lib/client/exec_options.h"
#include "lib/client/question.h"

enum gate_what {
	GATE_NOTHING = 0, /* nothing was typed, and no container is given: the choice is to be offered */
	GATE_ENTER,	  /* options.request, in which terminal and identity are still missing */
	GATE_ASK,	  /* verb and question, in which the identity is still missing */
	GATE_SFTP,	  /* the subsystem, and no container is given: judged again when there is one */
	GATE_HELP,
	GATE_VERSION,
};

enum { GATE_HINT_MAX = 256 };

struct order {
	enum gate_what what;
	struct exec_options options;
	const struct question_verb *verb;
	struct question question;
	/* Where only a shell could read the line: why, to be said after a denial. Else empty. */
	char hint[GATE_HINT_MAX];
};

void order_done(struct order *o);
#define cleanup_order __attribute__((cleanup(order_done)))

/*
 * line: SSH_ORIGINAL_COMMAND, NULL if there is none. container: what the session is bound to, or NULL; then the line is
 * the command as it is, but for sftp's subsystem. Otherwise the line begins with one of the gate's verbs, or with a
 * container.
 *
 * -EINVAL and the like with a sentence for the client.
 */
int gate_judge(const char *line, const char *container, struct order *ret, struct error *err);

#endif

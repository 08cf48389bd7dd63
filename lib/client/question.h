/* SPDX-License-Identifier: ISC */
/*
 * The verbs that ask about containers and enter nothing: ls, show, logs, signal, top, stats, wait, diff. Their options
 * are read by the same tables whether they are typed here or come through ssh.
 */
#ifndef CENTERCTL_CLIENT_QUESTION_H
#define CENTERCTL_CLIENT_QUESTION_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/proto/request.h"
#include "listing_filter.h"
#include "option.h"

struct question {
	struct request request; /* all but the target of wait and stats, identity and engine */
	char **targets;		/* wait, stats; for stats NULL is all of them */
	struct listing_filter filter;
	char *format;
	char *engine; /* --engine; NULL: not given */
	bool json, quiet, watch, timestamps, follow, every, help;
	bool once;	/* --no-stream: what happens anyway without -w */
	bool of_others; /* what follows is of somebody who is not at this host: times without a zone are UTC */
};

void question_done(struct question *q);
#define cleanup_question __attribute__((cleanup(question_done)))

struct asker; /* ask.h */

struct question_verb {
	const char *name, *usage;
	enum verb verb;
	int min, max; /* words besides options; max -1: no limit */
	const struct option_def *options;
	/* Takes these words, and looks at what contradicts what. */
	int (*take)(struct question *q, char *const words[], struct error *err);
	/* Asks, and prints the answer. The exit code, or -errno with err set. */
	int (*run)(struct question *q, const struct asker *a, struct error *err);
};

extern const struct option_def ls_option_table[], show_option_table[], logs_option_table[], signal_option_table[],
	top_option_table[], stats_option_table[], wait_option_table[], diff_option_table[];

/* NULL: it is none of them. */
const struct question_verb *question_find(const char *name);

/*
 * Reads argv[1..], options and words in any order, as question_verb.options say. Opens and prints nothing. 0; -ENODATA
 * or -E2BIG for too few or too many words; -EINVAL, -ERANGE, -ENOMEM. With --help nothing else is looked at.
 */
int question_parse(const struct question_verb *v, struct question *q, int argc, char *const argv[], struct error *err);

/* Whether every container is named as pid:N, and there is one: then no engine is needed. */
bool question_needs_no_engine(const struct question *q);

#endif

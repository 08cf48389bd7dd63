/* SPDX-License-Identifier: ISC */
/* What the parts of the parser share. Every error is -EINVAL with FILE:LINE, the word, and what was expected. */
#ifndef CENTERCTL_POLICY_PARSE_H
#define CENTERCTL_POLICY_PARSE_H

#include "build.h"
#include "words.h"

struct parser {
	const struct policy_reader *reader;
	struct error *err;
	struct build build;
	struct words words;		     /* of the line that is being read */
	struct words pattern;		     /* of a `run` pattern in it */
	const char *path;		     /* of the file that is being read */
	uint32_t file, line;		     /* its path as a text, and the line's number */
	const char *chain[POLICY_DEPTH_MAX]; /* of the files that include each other */
	unsigned depth, files;
	uint32_t label_file, label_line; /* of the first allow rule that rests on labels; 0: none */
};

int parse_fail(struct parser *ps, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An error that names all of names (NULL-terminated), and the nearest. "WORD" is no WHAT: expected A, B or C. */
int parse_unknown(struct parser *ps, const char *what, const char *word, const char *const *names);

/* Calls f for each item of a list, in which commas separate. */
int parse_list(struct parser *ps, char *list, int (*f)(struct parser *ps, char *item, void *arg), void *arg);

/* A rule: all words of a line that begins with allow or deny. */
int parse_rule(struct parser *ps);

/* Items of a rule's lists; each adds to the list that is being built. */
struct parse_head {
	uint32_t *hash; /* where the hash goes if it is the only one and no pattern */
	uint32_t count;
	bool allow;
};
int parse_subject(struct parser *ps, char *item, void *head);
int parse_target(struct parser *ps, char *item, void *head);
int parse_user(struct parser *ps, char *item, void *unused);
int parse_run(struct parser *ps, const char *pattern);

/* The items of `with`. */
int parse_with(struct parser *ps, char *list, struct policy_rule *rule, struct policy_extra *extra);

/* One of ports=, which is written to, to the list that is being built; and one of signals=. */
int parse_ports(struct parser *ps, const char *item, char *value);
int parse_signal(struct parser *ps, const char *item, const char *value, uint64_t *signals);

/* Refuses variables beside `run` by which the command could be made another one. */
int parse_check_env(struct parser *ps, const struct policy_extra *extra);

int parse_net(struct parser *ps, char *item, void *unused);
int parse_hours(struct parser *ps, char *item, void *unused);
int parse_date(struct parser *ps, const char *word, bool end_of_day, int64_t *ret);

#endif

/* SPDX-License-Identifier: ISC */
/* From a question to what is printed of its answer. Each returns the exit code, or -errno with err set. */
#ifndef CENTERCTL_CLIENT_ANSWERS_H
#define CENTERCTL_CLIENT_ANSWERS_H

#include "asking.h"
#include "question.h"

int ls_answer(struct question *q, const struct asker *a, struct error *err);
int show_answer(struct question *q, const struct asker *a, struct error *err);
int logs_answer(struct question *q, const struct asker *a, struct error *err);
int signal_answer(struct question *q, const struct asker *a, struct error *err);
int top_answer(struct question *q, const struct asker *a, struct error *err);
int diff_answer(struct question *q, const struct asker *a, struct error *err);

/* Of several containers. */
int stats_answer(struct question *q, const struct asker *a, struct error *err);
int wait_answer(struct question *q, const struct asker *a, struct error *err);

/* Of all that run, for as long as somebody looks on: those that start are taken up, those that end left out. */
int stats_watch(struct question *q, const struct asker *a, struct error *err);

/* Asks one question; take() gets the answers. The exit code, or -errno. */
int answer_one(struct request *r, const struct asker *a,
	       int (*take)(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err),
	       void *arg, struct error *err);

/* Asks about each of q->targets. The joined exit code, or -errno. */
int answer_each(struct question *q, const struct asker *a, struct asking *asking, struct error *err);

/* The whole of a verb, with question and error of one's own: for callers that only want an exit code. */
int question_answer(const struct question_verb *v, struct question *q, const struct asker *a);

#endif

/* SPDX-License-Identifier: ISC */
#include "question_run.h"

#include <errno.h>
#include <unistd.h>

#include "ask.h"
#include "lib/client/answers.h"
#include "lib/client/report.h"

static int complete(struct question *q, struct error *err)
{
	const char *as = q->request.as;
	if (as && geteuid() != 0)
		return error_set(err, -EPERM, "--as is for root alone");
	if (question_needs_no_engine(q) && geteuid() == 0)
		return 0;
	return ask_set_engine(q->engine, as != NULL, &q->request.engine, err);
}

int question_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	const struct asker caller = {0};
	cleanup_question struct question q = {0};
	const struct question_verb *v = question_find(self->name);
	int r = question_parse(v, &q, argc, argv, &err);
	if (r == 0 && q.help)
		return help_print_cmd(self, stdout);
	if (r == 0)
		r = complete(&q, &err);
	return r < 0 ? report_error(&err) : question_answer(v, &q, &caller);
}

/* SPDX-License-Identifier: ISC */
#include "enter.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/client/answers.h"
#include "lib/client/exec_request.h"
#include "lib/client/report.h"

void gate_done(struct gate *g)
{
	struct request r = {.identity = g->identity};
	request_done(&r);
	free(g->container);
	*g = (struct gate){0};
}

/* The identity is lent to the request while it is encoded. */
static int encode(const struct gate *g, struct request *r, struct buf *to, struct error *err)
{
	r->identity = g->identity;
	int result = exec_request_encode(r, to, err);
	r->identity = (struct identity){0};
	return result;
}

/*
 * sshd tells the client by which signal what it started was ended; so we end as the command did. Where that does not
 * end us, the exit code has to do.
 */
static void end_by(int number)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, number);
	signal(number, SIG_DFL);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int gate_enter(struct gate *g, struct order *o)
{
	struct error err;
	bool json, started = false;
	int killed = 0;
	char hint[GATE_HINT_MAX];
	cleanup_buf struct buf request = {0};
	memcpy(hint, o->hint, sizeof(hint));
	int r = exec_request_terminal(&o->options, &err);
	if (r == 0)
		r = encode(g, &o->options.request, &request, &err);
	struct session_setup setup = exec_request_setup(&o->options, &json);
	setup.parent = g->sshd;
	setup.started = &started;
	setup.killed = &killed;
	/* What is needed only to make the request is freed before the wait begins: a session may last for days. */
	order_done(o);
	gate_done(g);
	if (r == 0)
		r = session_run(&setup, &request, &err);
	g->started = started;
	if (r < 0)
		return report_error(&err);
	if (killed)
		end_by(killed);
	if (r == EXIT_OURS && !started && *hint)
		report_text(hint);
	return r;
}

void gate_report_refusal(const struct gate *g, const char *line, const struct error *why)
{
	enum { SHOWN_MAX = 4096 };
	struct error err;
	cleanup_buf struct buf request = {0};
	cleanup_free char *shown = strndup(line ? line : "", SHOWN_MAX);
	struct request r = {.verb = VERB_REFUSED, .target = (char *)why->text, .line = shown};
	struct session_setup setup = {.parent = g->sshd};
	if (encode(g, &r, &request, &err) == 0)
		session_run(&setup, &request, &err);
}

int gate_ask(const struct gate *g, struct order *o)
{
	const struct asker asker = {.identity = &g->identity, .parent = g->sshd};
	return question_answer(o->verb, &o->question, &asker);
}

static int take_listing(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)which;
	(void)err;
	struct listing *l = arg;
	return type == CHANNEL_LIST && !l->rows ? listing_decode(data, len, l) : -EBADMSG;
}

int gate_list(const struct gate *g, struct listing *ret, int *ret_exit)
{
	struct error err;
	cleanup_listing struct listing l = {0};
	const struct asker asker = {.identity = &g->identity, .parent = g->sshd};
	struct request question = {.verb = VERB_LIST};
	int r = answer_one(&question, &asker, take_listing, &l, &err);
	*ret_exit = r < 0 ? report_error(&err) : r;
	if (r != EXIT_SUCCESS)
		return -1;
	*ret = l;
	l = (struct listing){0};
	return 0;
}

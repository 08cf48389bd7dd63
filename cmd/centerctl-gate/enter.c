/* SPDX-License-Identifier: ISC */
#include "enter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
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

int gate_enter(struct gate *g, struct order *o)
{
	struct error err;
	bool json, started = false;
	char hint[GATE_HINT_MAX];
	cleanup_buf struct buf request = {0};
	memcpy(hint, o->hint, sizeof(hint));
	int r = exec_request_terminal(&o->options, &err);
	if (r == 0)
		r = encode(g, &o->options.request, &request, &err);
	struct session_setup setup = exec_request_setup(&o->options, &json);
	setup.parent = g->sshd;
	setup.started = &started;
	/* What is needed only to make the request is freed before the wait begins: a session may last for days. */
	order_done(o);
	gate_done(g);
	if (r == 0)
		r = session_run(&setup, &request, &err);
	if (r < 0)
		return report_error(&err);
	if (r == EXIT_OURS && !started && *hint)
		report_text(hint);
	return r;
}

static int take_listing(void *arg, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	return type == CHANNEL_LIST ? listing_decode(data, len, arg) : -EBADMSG;
}

int gate_list(const struct gate *g, struct listing *ret, int *ret_exit)
{
	struct error err;
	cleanup_buf struct buf request = {0};
	cleanup_listing struct listing l = {0};
	struct request ask = {.verb = VERB_LIST};
	struct session_setup setup = {.reply = take_listing, .reply_arg = &l, .parent = g->sshd};
	int r = encode(g, &ask, &request, &err);
	if (r == 0)
		r = session_run(&setup, &request, &err);
	if (r < 0)
		r = report_error(&err);
	*ret_exit = r;
	if (r != EXIT_SUCCESS)
		return -1;
	*ret = l;
	l = (struct listing){0};
	return 0;
}

/* SPDX-License-Identifier: ISC */
#include "answers.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include "cell.h"
#include "lib/base/cleanup.h"
#include "lib/base/signal_name.h"
#include "lib/proto/listing.h"
#include "lib/proto/processes.h"
#include "lib/proto/wire.h"
#include "listing_print.h"
#include "output.h"
#include "report.h"
#include "session.h"
#include "show.h"
#include "top_print.h"

enum { EXIT_DIFFERS = 1 };

/* What one question's answers go through. */
struct printing {
	const struct question *q;
	struct output out;
	bool there; /* an answer came */
	struct processes before;
	unsigned differences;
};

int answer_one(struct request *r, const struct asker *a,
	       int (*take)(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err),
	       void *arg, struct error *err)
{
	int code = EXIT_OURS;
	cleanup_buf struct buf request = {0};
	const struct asking asking = {
		.requests = &request, .count = 1, .take = take, .arg = arg, .deadline = INT64_MAX};
	int result = asker_encode(a, r, &request, err);
	if (result == 0)
		result = asking_run(&asking, &code, err);
	return result < 0 ? result : code;
}

int question_answer(const struct question_verb *v, struct question *q, const struct asker *a)
{
	struct error err;
	int r = v->run(q, a, &err);
	/* Nobody reads any more: that ends us as it ends everybody, and is no news to anybody. */
	if (r == -EPIPE)
		return EXIT_SIGNAL_BASE + SIGPIPE;
	return r < 0 ? report_error(&err) : r;
}

static struct printing printing_of(const struct question *q)
{
	struct output out = output_open(q->json, q->watch);
	out.apart = !q->quiet;
	return (struct printing){.q = q, .out = out};
}

static int put(struct printing *p, struct buf *text, struct error *err)
{
	int r = output_put(&p->out, text);
	p->there = true;
	return r < 0 ? error_errno(err, r, "cannot write the answer") : 0;
}

/* Asks, and takes it for an error if nothing came although all went well. */
static int ask(struct question *q, const struct asker *a, struct printing *p,
	       int (*take)(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err),
	       struct error *err)
{
	int r = answer_one(&q->request, a, take, p, err);
	if (r == EXIT_SUCCESS && !p->there)
		return error_set(err, -EBADMSG, "centerctl-enter sent no answer");
	return r;
}

static int take_listing(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)which;
	struct printing *p = arg;
	const struct question *q = p->q;
	cleanup_listing struct listing l = {0};
	cleanup_buf struct buf text = {0};
	struct listing_look look = {
		.style = q->json    ? LISTING_JSON
			 : q->quiet ? LISTING_NAMES
				    : LISTING_TABLE,
		.colour = p->out.colour,
	};
	int r = type == CHANNEL_LIST ? listing_decode(data, len, &l) : -EBADMSG;
	if (r == 0)
		r = listing_filter_apply(&q->filter, &l);
	/* A script that finds nothing asks whether anything was said. */
	look.heading = p->out.terminal || l.count > 0;
	if (r == 0)
		r = listing_print(&l, &look, &text);
	return r < 0 ? r : put(p, &text, err);
}

int ls_answer(struct question *q, const struct asker *a, struct error *err)
{
	struct printing p = printing_of(q);
	return ask(q, a, &p, take_listing, err);
}

static int take_description(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)which;
	struct printing *p = arg;
	cleanup_buf struct buf text = {0};
	int r = type == CHANNEL_SHOW ? show_describe(data, len, p->q->json, p->out.colour, &text) : -EBADMSG;
	return r < 0 ? r : put(p, &text, err);
}

int show_answer(struct question *q, const struct asker *a, struct error *err)
{
	struct printing p = printing_of(q);
	return ask(q, a, &p, take_description, err);
}

static int take_differences(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)which;
	struct printing *p = arg;
	cleanup_buf struct buf text = {0};
	int r = type == CHANNEL_SHOW ? show_diff(data, len, p->q->json, p->out.colour, &text, &p->differences)
				     : -EBADMSG;
	return r < 0 ? r : put(p, &text, err);
}

int diff_answer(struct question *q, const struct asker *a, struct error *err)
{
	struct printing p = printing_of(q);
	int r = ask(q, a, &p, take_differences, err);
	return r == EXIT_SUCCESS && p.differences > 0 ? EXIT_DIFFERS : r;
}

static int take_processes(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)which;
	struct printing *p = arg;
	cleanup_processes struct processes now = {0};
	cleanup_buf struct buf text = {0};
	const struct top_look look = {.json = p->q->json, .heading = true, .colour = p->out.colour};
	int r = type == CHANNEL_TOP ? processes_decode(data, len, &now) : -EBADMSG;
	if (r == 0)
		r = top_print(&now, p->there ? &p->before : NULL, &look, &text);
	if (r < 0)
		return r;
	processes_done(&p->before);
	p->before = now;
	now = (struct processes){0};
	return put(p, &text, err);
}

int top_answer(struct question *q, const struct asker *a, struct error *err)
{
	struct printing p = printing_of(q);
	int r = ask(q, a, &p, take_processes, err);
	processes_done(&p.before);
	return r;
}

static void put_signaled(const struct question *q, uint32_t count, struct buf *to)
{
	char name[SIGNAL_NAME_SIZE];
	signal_name((int)q->request.signal, name);
	if (!q->json) {
		buf_printf(to, "%s was sent to %u process%s\n", name, count, count == 1 ? "" : "es");
		return;
	}
	buf_puts(to, "{\"target\": ");
	cell_put_json(to, q->request.target);
	buf_printf(to, ", \"signal\": %u, \"name\": \"%s\", \"signaled\": %u}\n", q->request.signal, name, count);
}

static int take_signaled(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)which;
	struct printing *p = arg;
	cleanup_buf struct buf text = {0};
	struct wire w = wire_start(data, len);
	uint32_t count = wire_u32(&w);
	if (type != CHANNEL_SIGNALED || wire_end(&w) < 0)
		return -EBADMSG;
	p->there = true;
	if (!p->q->json && !p->q->every)
		return 0;
	put_signaled(p->q, count, &text);
	return put(p, &text, err);
}

int signal_answer(struct question *q, const struct asker *a, struct error *err)
{
	struct printing p = printing_of(q);
	return ask(q, a, &p, take_signaled, err);
}

/* What the container wrote goes to our descriptors without passing through here. */
int logs_answer(struct question *q, const struct asker *a, struct error *err)
{
	cleanup_buf struct buf request = {0};
	const struct session_setup setup = {.parent = a->parent, .output_only = true};
	int r = asker_encode(a, &q->request, &request, err);
	return r < 0 ? r : session_run(&setup, &request, err);
}

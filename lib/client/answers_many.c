/* SPDX-License-Identifier: ISC */
#include "answers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "cell.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/wire.h"
#include "output.h"

enum { GRACE_MS = 2000 };

/* A request for each target. The caller frees them, also after an error. */
static int encode_all(struct question *q, const struct asker *a, struct buf **ret, struct error *err)
{
	size_t count = strv_len(q->targets);
	*ret = calloc(count + 1, sizeof(**ret));
	if (!*ret)
		return error_errno(err, -ENOMEM, "the questions");
	for (size_t i = 0; i < count; i++) {
		/* Lent for as long as it is encoded. */
		q->request.target = q->targets[i];
		int r = asker_encode(a, &q->request, &(*ret)[i], err);
		q->request.target = NULL;
		if (r < 0)
			return r;
	}
	return 0;
}

static void free_all(struct buf *requests, size_t count)
{
	for (size_t i = 0; requests && i < count; i++)
		buf_done(&requests[i]);
	free(requests);
}

/* Of several exit codes: time was over, something failed, or all is well. */
static int join_codes(const int *codes, size_t count)
{
	int code = EXIT_SUCCESS;
	for (size_t i = 0; i < count; i++) {
		if (codes[i] == ASKING_UNFINISHED || codes[i] == EXIT_TIMED_OUT)
			return EXIT_TIMED_OUT;
		code = codes[i] ? codes[i] : code;
	}
	return code;
}

int answer_each(struct question *q, const struct asker *a, struct asking *asking, struct error *err)
{
	asking->count = strv_len(q->targets);
	cleanup_free int *codes = calloc(asking->count + 1, sizeof(*codes));
	int r = codes ? encode_all(q, a, &asking->requests, err) : error_errno(err, -ENOMEM, "the questions");
	if (r == 0)
		r = asking_run(asking, codes, err);
	if (r == 0)
		r = join_codes(codes, asking->count);
	free_all(asking->requests, asking->count);
	return r;
}

struct waiting {
	int64_t *codes; /* as CHANNEL_WAITED has them */
	bool *there;
};

static int take_waited(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	struct waiting *w = arg;
	struct wire wire = wire_start(data, len);
	w->codes[which] = wire_i64(&wire);
	w->there[which] = wire_end(&wire) == 0 && type == CHANNEL_WAITED;
	return w->there[which] ? 0 : -EBADMSG;
}

/* What is not known, as its container was refused or still runs, has no line. */
static int print_waited(const struct question *q, const struct waiting *w, struct error *err)
{
	bool any = false;
	cleanup_buf struct buf text = {0};
	struct output out = output_open(q->json, false);
	buf_puts(&text, q->json ? "[" : "");
	for (size_t i = 0; q->targets[i]; i++) {
		if (!w->there[i])
			continue;
		if (!q->json) {
			buf_printf(&text, "%" PRId64 "\n", w->codes[i]);
			continue;
		}
		buf_puts(&text, any ? ",\n {\"target\": " : "\n {\"target\": ");
		cell_put_json(&text, q->targets[i]);
		if (w->codes[i] < 0)
			buf_puts(&text, ", \"exit_code\": null}");
		else
			buf_printf(&text, ", \"exit_code\": %" PRId64 "}", w->codes[i]);
		any = true;
	}
	if (q->json)
		buf_puts(&text, any ? "\n]\n" : "]\n");
	int r = output_put(&out, &text);
	return r < 0 ? error_errno(err, r, "cannot write the exit codes") : 0;
}

int wait_answer(struct question *q, const struct asker *a, struct error *err)
{
	size_t count = strv_len(q->targets);
	int64_t timeout = q->request.timeout_ms;
	cleanup_free int64_t *ends = calloc(count + 1, sizeof(*ends));
	cleanup_free bool *there = calloc(count + 1, sizeof(*there));
	struct waiting w = {.codes = ends, .there = there};
	struct asking asking = {.take = take_waited, .arg = &w};
	if (!ends || !there)
		return error_errno(err, -ENOMEM, "the exit codes");
	/* centerctl-enter keeps the time, and says who still runs. */
	asking.deadline = timeout ? now_ms() + timeout + GRACE_MS : INT64_MAX;
	int code = answer_each(q, a, &asking, err);
	int r = code < 0 ? code : print_waited(q, &w, err);
	return r < 0 ? r : code;
}

/* SPDX-License-Identifier: ISC */
#include "exec_request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/base/text.h"
#include "show.h"
#include "terminal.h"

/* A terminal by default if there is one at both ends, as somebody sits there then. */
static bool wants_tty(const struct exec_options *o)
{
	if (o->tty != CHOICE_NONE)
		return o->tty == CHOICE_YES;
	return o->request.stdin_open && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int exec_request_terminal(struct exec_options *o, struct error *err)
{
	struct request *r = &o->request;
	const char *term = getenv("TERM");
	r->stdin_open = o->stdin_open != CHOICE_NO && !r->detach && !o->show;
	r->tty = wants_tty(o);
	terminal_size(&r->rows, &r->cols);
	if (!r->tty || !term || !is_term_name(term))
		return 0;
	r->term = strdup(term);
	return r->term ? 0 : error_errno(err, -ENOMEM, "TERM");
}

int exec_request_encode(const struct request *r, struct buf *to, struct error *err)
{
	if (strv_len(r->command) > REQUEST_STRINGS_MAX || strv_len(r->env) > REQUEST_STRINGS_MAX)
		return error_set(err, -E2BIG, "the command or the environment has more than %d words",
				 REQUEST_STRINGS_MAX);
	request_encode(r, to);
	if (to->failed)
		return error_errno(err, -ENOMEM, "the request");
	if (to->len > REQUEST_BYTES_MAX)
		return error_set(err, -E2BIG, "command and environment are longer than %d bytes together",
				 REQUEST_BYTES_MAX);
	return 0;
}

static int print_show(void *json, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	cleanup_buf struct buf text = {0};
	int r = type == CHANNEL_SHOW ? show_format(data, len, *(const bool *)json, &text) : -EBADMSG;
	return r < 0 ? r : write_full(STDOUT_FILENO, text.data, text.len);
}

struct session_setup exec_request_setup(const struct exec_options *o, bool *json)
{
	*json = o->json;
	struct session_setup setup = {
		/* Without a relay the command's terminal is none of ours. */
		.tty = o->request.tty && !o->request.detach && !o->show,
		.reply = print_show,
		.reply_arg = json,
		.rows = o->request.rows,
		.cols = o->request.cols,
		.preserve_fds = o->request.preserve_fds,
	};
	/* With stdin left alone, Ctrl-C must stay a signal: nobody reads the key. */
	setup.raw = setup.tty && o->request.stdin_open && isatty(STDIN_FILENO);
	return setup;
}

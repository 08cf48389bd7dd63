/* SPDX-License-Identifier: ISC */
/*
 * SSH_ORIGINAL_COMMAND. The input is a container that the session is bound to, or nothing, and a newline; then the
 * line. What is accepted names no file of the host, is given to no shell when it debugs, passes centerctl-enter's
 * decoder, and is the same when its words are quoted and split again. The line is also tried as a forced command.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/debug_options.h"
#include "lib/gate/authkey.h"
#include "lib/gate/forced.h"
#include "lib/gate/judge.h"
#include "lib/gate/line.h"

static void quote(struct buf *to, const char *word)
{
	buf_puts(to, "'");
	for (; *word; word++)
		if (*word == '\'')
			buf_puts(to, "'\\''");
		else
			buf_add(to, word, 1);
	buf_puts(to, "' ");
}

static void check_words(const char *text)
{
	struct error err;
	cleanup_line struct line l = {0}, again = {0};
	cleanup_buf struct buf b = {0};
	if (line_split(text, &l, &err) < 0)
		return;
	MUST(l.stop == LINE_WHOLE || l.stop_at < strlen(text));
	for (size_t i = 0; i < l.count; i++)
		quote(&b, l.words[i]);
	/* Quotes take room. */
	if (b.len > GATE_LINE_MAX)
		return;
	MUST(line_split(buf_text(&b), &again, &err) == 0);
	MUST(again.stop == LINE_WHOLE && again.count == l.count);
	for (size_t i = 0; i < l.count; i++)
		MUST(strcmp(l.words[i], again.words[i]) == 0);
}

/* No shell reads what is debugged with, and nothing is named by a path of the host. */
static void check_debug(const struct order *o)
{
	const struct request *r = &o->options.request;
	MUST(r->host_pid == 0);
	MUST(r->debug || (!r->toolbox && !r->static_tool && !r->pid && !r->source && !r->writable && !r->collecting));
	if (!r->debug)
		return;
	MUST(!r->line && !r->fallback);
	MUST(!r->toolbox || is_toolbox_name(r->toolbox));
	MUST(!r->static_tool || is_toolbox_name(r->static_tool));
	MUST(!r->source || str_starts(r->source, "/target"));
	MUST(!o->options.output || strcmp(o->options.output, "-") == 0);
	MUST(!o->options.json || o->options.show);
	MUST(!r->static_tool || (!r->pid && !r->toolbox && !r->source && !r->writable));
	MUST(!r->pid || (*r->pid && *r->pid != '-'));
}

/* Only containers are named, and nothing of the host is. */
static void check_question(const struct order *o)
{
	const struct question *q = &o->question;
	const struct request *r = &q->request;
	cleanup_request struct request back = {0};
	cleanup_buf struct buf b = {0};
	MUST(o->verb && r->verb == o->verb->verb && !q->engine && !r->as && !q->help);
	MUST(!r->target || is_container_word(r->target));
	for (char *const *t = q->targets; t && *t; t++)
		MUST(is_container_word(*t));
	MUST((r->target != NULL) == (o->verb->min == 1 && o->verb->max > 0));
	MUST(!r->pid || is_digits(r->pid));
	MUST(!r->command && !r->env && !r->user && !r->line && !r->debug && !r->service && !r->options);
	request_encode(r, &b);
	MUST(request_decode(b.data, b.len, &back) == 0);
}

/* Both ends of a copy are the client's and a container's; a service is told no more than words for the container. */
static void check_service(const struct order *o)
{
	const struct request *r = &o->options.request;
	const struct copy *c = &o->options.copy;
	MUST(!r->line && !r->debug && !r->fallback && o->options.tty == CHOICE_NO);
	MUST(!c->from || strcmp(c->from, "-") == 0);
	MUST(!c->to || strcmp(c->to, "-") == 0);
	MUST(!c->second_target && !(c->from && c->to));
	for (char *const *word = r->options; word && *word; word++)
		MUST(is_service_option(*word));
}

static void check_order(const struct order *o, const char *bound)
{
	const struct request *r = &o->options.request;
	cleanup_request struct request back = {0};
	cleanup_buf struct buf b = {0};
	if (o->what == GATE_ASK)
		check_question(o);
	if (o->what != GATE_ENTER)
		return;
	if (r->service)
		check_service(o);
	MUST(is_container_word(r->target));
	check_debug(o);
	MUST(!bound || strcmp(bound, r->target) == 0);
	MUST(!o->options.env_files && !o->options.pid_file && !o->options.engine && r->preserve_fds == 0);
	for (char **e = r->env; e && *e; e++)
		MUST(strchr(*e, '=') > *e);
	MUST(!r->line || (*r->line && strlen(r->line) <= GATE_LINE_MAX));
	MUST(!r->line_first || r->line);
	MUST(r->line_first || !r->line || !r->command);
	request_encode(r, &b);
	MUST(request_decode(b.data, b.len, &back) == 0);
}

static void check_forced(const char *text)
{
	struct error err;
	cleanup_forced struct forced f = {0};
	if (forced_parse_command(text, FORCED_ANYWHERE, &f, &err) < 0)
		return;
	MUST(!f.name || gate_is_name(f.name));
	MUST(!f.container || is_container_word(f.container));
	MUST(!f.login);
	MUST(!f.principals || strv_len(f.principals) > 0);
	for (char **p = f.principals; p && *p; p++)
		MUST(**p && !strchr(*p, ','));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct error err = ERROR_INIT;
	cleanup_order struct order o = {0};
	const char *newline = memchr(data, '\n', len);
	if (!newline || memchr(data, '\0', len))
		return 0;
	size_t first = (size_t)(newline - (const char *)data);
	cleanup_free char *bound = strndup((const char *)data, first), *line = strndup(newline + 1, len - first - 1);
	const char *container = is_container_word(bound) ? bound : NULL;
	check_words(line);
	check_forced(line);
	if (gate_judge(line, container, &o, &err) == 0)
		check_order(&o, container);
	else
		MUST(err.code < 0 && *err.text);
	return 0;
}

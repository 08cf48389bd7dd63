/* SPDX-License-Identifier: ISC */
/* `centerctl which`: the container that a process of the host belongs to. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "cmd.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/cell.h"
#include "lib/client/report.h"
#include "lib/proto/wire.h"
#include "operands.h"
#include "lib/client/table.h"

static const uint64_t PID_LIMIT = 1 << 22; /* the kernel's PID_MAX_LIMIT */

struct options {
	bool json, quiet, help;
	char *engine;
};

static const struct option_def table[] = {
	{'q', "quiet", NULL, "The container's name alone", OPTION_SWITCH(struct options, quiet)},
	{0, "json", NULL, "A JSON object", OPTION_SWITCH(struct options, json)},
	{'H', "engine", "URL", "The engine that runs the container (root only)", OPTION_TEXT(struct options, engine)},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct options, help)},
	{0},
};

struct reply {
	char *id, *name;
	int64_t pid;
};

static void reply_done(struct reply *r)
{
	free(r->id);
	free(r->name);
}

static int take(void *arg, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	struct reply *reply = arg;
	if (type != CHANNEL_WHICH || reply->id)
		return -EBADMSG;
	struct wire w = wire_start(data, len);
	reply->id = wire_str(&w, 64);
	reply->name = wire_str(&w, 4096);
	reply->pid = wire_i64(&w);
	return wire_end(&w) == 0 && is_container_id(reply->id) ? 0 : -EBADMSG;
}

static void format_json(const struct reply *reply, struct buf *to)
{
	buf_puts(to, "{\"id\": ");
	cell_put_json(to, reply->id);
	buf_puts(to, ", \"name\": ");
	cell_put_json(to, reply->name);
	buf_printf(to, ", \"pid\": %" PRId64 "}\n", reply->pid);
}

static void format_table(const struct reply *reply, struct buf *to)
{
	static const char *const columns[] = {"NAME", "ID", "PID", NULL};
	char id[13], pid[24];
	cleanup_table struct table t = {.names = columns, .colour = colour_wanted()};
	snprintf(id, sizeof(id), "%.12s", reply->id);
	snprintf(pid, sizeof(pid), "%" PRId64, reply->pid);
	table_add(&t, reply->name);
	table_add(&t, id);
	table_add(&t, pid);
	if (table_print(&t, to) < 0)
		to->failed = true;
}

static int print(const struct options *o, const struct reply *reply, struct error *err)
{
	cleanup_buf struct buf text = {0};
	if (!reply->id)
		return error_set(err, -EBADMSG, "centerctl-enter named no container");
	if (o->json) {
		format_json(reply, &text);
	} else if (o->quiet) {
		cell_put(&text, *reply->name ? reply->name : reply->id);
		buf_puts(&text, "\n");
	} else {
		format_table(reply, &text);
	}
	if (!buf_text(&text))
		return error_errno(err, -ENOMEM, "the answer");
	fputs(buf_text(&text), stdout);
	return report_flush(stdout);
}

static int which(const struct options *o, const char *word, struct error *err)
{
	uint64_t pid;
	cleanup_request struct request ask = {.verb = VERB_WHICH, .ns = NS_ALL};
	__attribute__((cleanup(reply_done))) struct reply reply = {0};
	if (o->json && o->quiet)
		return error_set(err, -EINVAL, "--json and -q (--quiet) contradict each other");
	if (parse_u64(word, PID_LIMIT, &pid) < 0 || pid == 0)
		return error_set(err, -EINVAL, "\"%s\" is not the number of a process of this host", word);
	ask.host_pid = (int64_t)pid;
	int r = ask_set_engine(o->engine, false, &ask.engine, err);
	if (r == 0)
		r = ask_enter(&ask, take, &reply);
	return r == EXIT_SUCCESS ? print(o, &reply, err) : r;
}

static int which_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct options o = {0};
	cleanup_strv char **words = NULL;
	int r = operands_parse(self, &o, &o.help, argc, argv, &words, &err);
	if (r == 0)
		r = o.help ? help_print_cmd(self, stdout) : which(&o, words[0], &err);
	free(o.engine);
	return r < 0 ? report_error(&err) : r;
}

const struct cmd cmd_which = {
	.name = "which",
	.usage = "[OPTIONS] PID",
	.summary = "Say which container a process of the host belongs to, and its number inside",
	.min_operands = 1,
	.max_operands = 1,
	.options = table,
	.run = which_run,
};

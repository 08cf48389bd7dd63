/* SPDX-License-Identifier: ISC */
/* `centerctl sessions`: those that run, and with -a those that were. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "lib/audit/running.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/base/utc.h"
#include "lib/client/cell.h"
#include "lib/client/report.h"
#include "moment.h"
#include "operands.h"
#include "past.h"
#include "places.h"
#include "lib/client/table.h"

struct options {
	bool all, json, help;
};

static const struct option_def table[] = {
	{'a', "all", NULL, "Past ones too, from the audit log", OPTION_SWITCH(struct options, all)},
	{0, "json", NULL, "As a JSON array", OPTION_SWITCH(struct options, json)},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct options, help)},
	{0},
};

/* One line of either list. */
struct row {
	const char *session, *state;
	int64_t began_ms;
	const char *who, *from, *container, *container_id, *as, *verb;
	bool recorded;
	int64_t pid; /* 0: it does not run */
};

struct output {
	bool json;
	struct table table;
	struct buf text;
	size_t rows;
};

static void put_member(struct buf *to, const char *name, const char *value)
{
	buf_printf(to, ", \"%s\": ", name);
	if (value && *value)
		cell_put_json(to, value);
	else
		buf_puts(to, "null");
}

static void put_json(struct output *out, const struct row *r)
{
	char since[UTC_TEXT_SIZE];
	struct buf *to = &out->text;
	buf_printf(to, "%s\n  {\"session\": \"%s\"", out->rows ? "," : "", r->session);
	put_member(to, "state", r->state);
	utc_text_ms(r->began_ms, since);
	put_member(to, "since", since);
	put_member(to, "who", r->who);
	put_member(to, "address", r->from);
	put_member(to, "container", r->container_id);
	put_member(to, "name", r->container);
	put_member(to, "as", r->as);
	put_member(to, "verb", r->verb);
	buf_printf(to, ", \"recorded\": %s", r->recorded ? "true" : "false");
	if (r->pid)
		buf_printf(to, ", \"pid\": %lld}", (long long)r->pid);
	else
		buf_puts(to, ", \"pid\": null}");
}

static void put(struct output *out, const struct row *r)
{
	char since[32];
	if (out->json) {
		put_json(out, r);
		out->rows++;
		return;
	}
	moment_show(r->began_ms, since, sizeof(since));
	const char *const cells[] = {r->session, r->state, since,
				     r->who,	 r->from,  r->container ? r->container : r->container_id,
				     r->as,	 r->verb,  r->recorded ? "yes" : "no"};
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		table_add(&out->table, cells[i]);
	out->rows++;
}

static void put_running(struct output *out, const struct running *r)
{
	put(out, &(struct row){.session = r->session,
			       .state = "running",
			       .began_ms = r->wall_ms,
			       .who = r->who,
			       .from = r->address,
			       .container = r->container_name,
			       .container_id = r->container_id,
			       .as = r->as_user,
			       .verb = r->verb,
			       .recorded = r->recording && *r->recording,
			       .pid = r->pid});
}

static bool runs(const struct running *list, int count, const char *session)
{
	for (int i = 0; i < count; i++)
		if (strcmp(list[i].session, session) == 0)
			return true;
	return false;
}

/* One that began, and neither ended nor runs, was killed together with what watched it. */
static void put_past(struct output *out, const struct past *p)
{
	cleanup_buf struct buf state = {0};
	if (p->ended)
		past_show_result(p, &state);
	else
		buf_puts(&state, "unterminated");
	put(out, &(struct row){.session = p->session,
			       .state = buf_text(&state),
			       .began_ms = p->began_ms,
			       .who = p->who,
			       .from = p->from,
			       .container = p->container,
			       .container_id = p->container_id,
			       .as = p->as,
			       .verb = p->verb,
			       .recorded = p->recorded});
}

/*
 * The log is read between two looks at what runs: who ends before the first has his end in the log, and who begins
 * after it is found by the second.
 */
static int put_all_past(struct output *out, const struct running *first, int first_count, struct error *err)
{
	cleanup_free char *path = NULL;
	cleanup_past struct past_list l = {0};
	struct past_filter any = {0};
	struct running *second = NULL;
	unsigned compressed;
	int r = places_audit_file(&path, err);
	if (r < 0)
		return r;
	r = past_gather_log(path, &any, &l, &compressed, err);
	if (r == -ENOENT)
		return 0;
	int count = r < 0 ? r : running_list(places_rundir(), &second, err);
	if (count < 0)
		return count;
	for (size_t i = 0; i < l.count; i++) {
		const struct past *p = &l.item[i];
		if (*p->session && !p->denied && !p->told &&
		    (p->ended || !(runs(first, first_count, p->session) || runs(second, count, p->session))))
			put_past(out, p);
	}
	running_list_free(second, count);
	return 0;
}

static int compare_running(const void *a, const void *b)
{
	const struct running *x = a, *y = b;
	return (x->wall_ms > y->wall_ms) - (x->wall_ms < y->wall_ms);
}

static int finish(struct output *out, struct error *err)
{
	if (!out->json && table_print(&out->table, &out->text) < 0)
		out->text.failed = true;
	if (out->json) {
		buf_puts(&out->text, out->rows ? "\n]\n" : "]\n");
	}
	if (out->text.failed)
		return error_errno(err, -ENOMEM, "the list");
	fwrite(out->text.data, 1, out->text.len, stdout);
	return 0;
}

static int list(const struct options *o, struct error *err)
{
	static const char *const names[] = {"SESSION",	 "STATE", "SINCE", "WHO",      "FROM",
					    "CONTAINER", "AS",	  "VERB",  "RECORDED", NULL};
	struct output out = {.json = o->json, .table = {.names = names, .colour = colour_wanted()}};
	struct running *running = NULL;
	if (o->json)
		buf_puts(&out.text, "[");
	int count = running_list(places_rundir(), &running, err);
	int r = count < 0 ? count : 0;
	if (r == 0 && o->all)
		r = put_all_past(&out, running, count, err);
	if (count > 0)
		qsort(running, (size_t)count, sizeof(*running), compare_running);
	for (int i = 0; r == 0 && i < count; i++)
		put_running(&out, &running[i]);
	if (r == 0)
		r = finish(&out, err);
	running_list_free(running, count < 0 ? 0 : count);
	table_done(&out.table);
	buf_done(&out.text);
	return r;
}

static int sessions_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct options o = {0};
	cleanup_strv char **words = NULL;
	int r = operands_parse(self, &o, &o.help, argc, argv, &words, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	if (r == 0)
		r = places_demand_root("the sessions", &err);
	if (r == 0)
		r = list(&o, &err);
	return r < 0 ? report_error(&err) : report_flush(stdout);
}

const struct cmd cmd_sessions = {
	.name = "sessions",
	.usage = "[-a] [--json]",
	.summary = "List the sessions that run, and past ones",
	.options = table,
	.notes = "A session that began and neither ended nor runs is \"unterminated\": it was killed, or the host "
		 "stopped.\n",
	.run = sessions_run,
};

/* SPDX-License-Identifier: ISC */
/* `centerctl audit`: who did what, and whether the log of it is whole. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "lib/audit/log_verify.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/proto/request.h"
#include "moment.h"
#include "operands.h"
#include "past.h"
#include "places.h"
#include "lib/client/table.h"

enum { EXIT_FINDINGS = 1 };

struct options {
	struct past_filter filter;
	char **files; /* --file */
	uint64_t last;
	bool json, help;
};

static void options_done(struct options *o)
{
	free(o->filter.key);
	free(o->filter.user);
	free(o->filter.container);
	free(o->filter.session);
	strv_free(o->files);
}
#define cleanup_options __attribute__((cleanup(options_done)))

static int set_text(char **to, const char *name, const char *value, struct error *err)
{
	if (!*value)
		return error_set(err, -EINVAL, "--%s: its value is empty", name);
	return str_set(to, value) < 0 ? error_errno(err, -ENOMEM, "--%s", name) : 0;
}

static int set_since(void *options, const char *value, struct error *err)
{
	struct options *o = options;
	int r = moment_parse(value, moment_now(), &o->filter.since_ms, err);
	return r < 0 ? error_prepend(err, "--since") : 0;
}

static int set_key(void *options, const char *value, struct error *err)
{
	/* As the list shows it, or as the policy writes it. */
	const char *name = str_after(value, "key:");
	return set_text(&((struct options *)options)->filter.key, "key", name ? name : value, err);
}

static int set_user(void *options, const char *value, struct error *err)
{
	const char *name = str_after(value, "user:");
	return set_text(&((struct options *)options)->filter.user, "user", name ? name : value, err);
}

static int set_container(void *options, const char *value, struct error *err)
{
	return set_text(&((struct options *)options)->filter.container, "container", value, err);
}

static int set_session(void *options, const char *value, struct error *err)
{
	return set_text(&((struct options *)options)->filter.session, "session", value, err);
}

static int set_last(void *options, const char *value, struct error *err)
{
	struct options *o = options;
	if (parse_u64(value, UINT32_MAX, &o->last) < 0 || o->last == 0)
		return error_set(err, -EINVAL, "--last %s: a number from 1 on is expected", value);
	return 0;
}

static int set_file(void *options, const char *value, struct error *err)
{
	struct options *o = options;
	return strv_add(&o->files, value) < 0 ? error_errno(err, -ENOMEM, "--file") : 0;
}

static const struct option_def table[] = {
	{0, "since", "WHEN", "From then on: 2h (ago), 2027-01-31, \"2027-01-31 13:00\"", set_since},
	{0, "key", "NAME", "What this key did (name or fingerprint), or this certificate", set_key},
	{0, "user", "NAME", "What this user of the host did", set_user},
	{0, "container", "C", "What was done in this container (name or beginning of its ID)", set_container},
	{0, "session", "ID", "This session (or a beginning of its ID)", set_session},
	{0, "denied", NULL, "Only what was denied", OPTION_SWITCH(struct options, filter.denied)},
	{'n', "last", "N", "Only the last N of these", set_last},
	{0, "json", NULL, "The records themselves, one a line", OPTION_SWITCH(struct options, json)},
	{0, "file", "FILE", "Another log (\"-\": stdin); may be repeated", set_file},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct options, help)},
	{0},
};

static void report_compressed(unsigned count)
{
	char text[200];
	snprintf(text, sizeof(text),
		 "%u older files are compressed, and were not read: zcat FILE | centerctl audit --file -", count);
	if (count > 0)
		report_text(text);
}

static int own_log(char **ret, struct error *err)
{
	int r = places_demand_root("the audit log", err);
	return r < 0 ? r : places_audit_file(ret, err);
}

static void add_bytes(struct table *t, const struct past *p)
{
	static const char *const names[] = {"in", "out", "err"};
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char amount[16];
		if (!p->ended || !p->relayed[i] || (i == 2 && p->bytes[i] == 0))
			continue;
		moment_show_bytes(p->bytes[i], amount, sizeof(amount));
		buf_printf(&text, "%s%s %s", text.len ? ", " : "", amount, names[i]);
	}
	table_add(t, buf_text(&text));
}

static void add_command(struct table *t, const struct past *p)
{
	cleanup_buf struct buf text = {0};
	buf_printf(&text, "%s%s%s", p->verb ? p->verb : "", p->command ? " " : "", p->command ? p->command : "");
	if (p->denied && p->reason)
		buf_printf(&text, " (%s)", p->reason);
	table_add(t, buf_text(&text));
}

static void add_row(struct table *t, const struct past *p)
{
	char time[32], duration[32] = "", id[9] = "", container[13] = "";
	cleanup_buf struct buf result = {0};
	moment_show(p->began_ms, time, sizeof(time));
	if (p->ended)
		moment_show_duration(p->duration_ms, duration, sizeof(duration));
	snprintf(id, sizeof(id), "%.8s", p->session);
	snprintf(container, sizeof(container), "%.12s", p->container_id ? p->container_id : "");
	past_show_result(p, &result);
	table_add(t, time);
	table_add(t, id);
	table_add(t, p->who);
	table_add(t, p->from);
	table_add(t, p->container ? p->container : container);
	table_add(t, p->as);
	table_add(t, buf_text(&result));
	table_add(t, duration);
	add_bytes(t, p);
	add_command(t, p);
}

static int print_list(const struct options *o, const struct past_list *l, struct error *err)
{
	static const char *const names[] = {"TIME",   "SESSION",  "WHO",   "FROM",    "CONTAINER", "AS",
					    "RESULT", "DURATION", "BYTES", "COMMAND", NULL};
	cleanup_table struct table t = {.names = names, .colour = colour_wanted()};
	cleanup_buf struct buf text = {0};
	size_t first = o->last && o->last < l->count ? l->count - (size_t)o->last : 0;
	for (size_t i = first; i < l->count; i++) {
		if (o->json)
			buf_add(&text, l->item[i].lines.data, l->item[i].lines.len);
		else
			add_row(&t, &l->item[i]);
	}
	if ((!o->json && table_print(&t, &text) < 0) || text.failed)
		return error_errno(err, -ENOMEM, "the list");
	fwrite(text.data, 1, text.len, stdout);
	return 0;
}

static int gather(const struct options *o, struct past_list *l, struct error *err)
{
	if (o->files)
		return past_gather(o->files, &o->filter, l, err);
	cleanup_free char *path = NULL;
	unsigned compressed = 0;
	int r = own_log(&path, err);
	if (r == 0)
		r = past_gather_log(path, &o->filter, l, &compressed, err);
	if (r == 0)
		report_compressed(compressed);
	return r;
}

static int list(struct options *o, struct error *err)
{
	cleanup_past struct past_list l = {0};
	o->filter.keep_lines = o->json;
	int r = gather(o, &l, err);
	if (r == 0)
		r = print_list(o, &l, err);
	if (r < 0)
		return report_error(err);
	if (l.bad > 0) {
		char text[200];
		snprintf(text, sizeof(text),
			 "%" PRIu64 " lines are no records and were left out: see centerctl audit verify", l.bad);
		report_warning(text);
	}
	return report_flush(stdout);
}

static void print_finding(void *arg, const char *path, uint64_t line, const char *text)
{
	(void)arg;
	cleanup_buf struct buf shown = {0};
	buf_puts(&shown, path);
	if (line > 0)
		buf_printf(&shown, ":%" PRIu64, line);
	buf_printf(&shown, ": %s", text);
	size_t size = shown.len * 4 + 1;
	cleanup_free char *escaped = malloc(size);
	if (shown.failed || !escaped) {
		printf("a finding that memory did not suffice to show\n");
		return;
	}
	text_escape(escaped, size, shown.data, shown.len);
	puts(escaped);
}

static void print_verdict(const struct audit_verdict *v)
{
	if (v->findings > 0)
		printf("%" PRIu64 " lines read, %" PRIu64 " finding%s: the log is not whole\n", v->lines, v->findings,
		       v->findings == 1 ? "" : "s");
	else if (v->last_seq == 0)
		printf("no records yet\n");
	else
		printf("whole: records %" PRIu64 " to %" PRIu64 "%s\n", v->first_seq, v->last_seq,
		       v->end_checked
			       ? ""
			       : "; whether others followed is not known, there is no .chain beside the last file");
	if (v->findings == 0 && v->first_seq > 1)
		printf("records before %" PRIu64 " are not among these files\n", v->first_seq);
}

static int verify(char **words, struct error *err)
{
	cleanup_strv char **files = NULL;
	cleanup_free char *path = NULL;
	struct audit_verdict verdict;
	unsigned compressed = 0;
	bool own = !*words;
	int r = own ? own_log(&path, err) : 0;
	if (r == 0 && own)
		r = audit_log_files(path, &files, &compressed, err);
	if (r == 0)
		r = audit_verify(own ? files : words, own, print_finding, NULL, &verdict, err);
	if (r < 0)
		return report_error(err);
	report_compressed(compressed);
	print_verdict(&verdict);
	int code = report_flush(stdout);
	return code == 0 && verdict.findings > 0 ? EXIT_FINDINGS : code;
}

static bool filters(const struct options *o)
{
	const struct past_filter *f = &o->filter;
	return f->since_ms || f->key || f->user || f->container || f->session || f->denied || o->last || o->json ||
	       o->files;
}

static int audit_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	cleanup_options struct options o = {0};
	cleanup_strv char **words = NULL;
	int r = operands_parse(self, &o, &o.help, argc, argv, &words, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	bool verifies = r == 0 && words && strcmp(words[0], "verify") == 0;
	if (r == 0 && words && !verifies)
		r = error_set(&err, -EINVAL, "audit does not know \"%s\" (only verify); see centerctl audit --help",
			      words[0]);
	if (verifies && filters(&o))
		r = error_set(&err, -EINVAL,
			      "audit verify takes files and no options: centerctl audit verify [FILE...]");
	if (r < 0)
		return report_error(&err);
	return verifies ? verify(words + 1, &err) : list(&o, &err);
}

const struct cmd cmd_audit = {
	.name = "audit",
	.usage = "[OPTIONS] | verify [FILE...]",
	.summary = "Show who did what, or whether the log of it is whole",
	.max_operands = -1,
	.has_words = true,
	.options = table,
	.notes = "audit shows one line for each session and each denial; audit verify recomputes the chain of "
		 "hashes.\n\n"
		 "Exit code of verify: 0 whole, 1 something was found, 125 it could not be read.\n",
	.run = audit_run,
};

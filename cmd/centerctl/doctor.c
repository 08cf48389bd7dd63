/* SPDX-License-Identifier: ISC */
/* `centerctl doctor`: whether this host keeps what SECURITY.md promises. */
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "doctor_within.h"
#include "lib/base/cleanup.h"
#include "lib/base/suggest.h"
#include "lib/base/text.h"
#include "lib/client/colour.h"
#include "lib/client/report.h"

struct doctor_options {
	bool json, verbose, help;
	char *sshd_config, *engine, *only, *least;
};

static const struct option_def table[] = {
	{'v', "verbose", NULL, "What is in order, too", OPTION_SWITCH(struct doctor_options, verbose)},
	{0, "min-severity", "SEVERITY", "Nothing below ok, info (the default), warning or error",
	 OPTION_TEXT(struct doctor_options, least)},
	{0, "only", "GROUP[,GROUP...]", "host, programs, policy, keys, audit, gate, engine, containers, tools",
	 OPTION_TEXT(struct doctor_options, only)},
	{0, "json", NULL, "As JSON", OPTION_SWITCH(struct doctor_options, json)},
	{0, "sshd-config", "FILE", "The configuration that sshd is started with, if not its own",
	 OPTION_TEXT(struct doctor_options, sshd_config)},
	{'H', "engine", "URL", "The engine to look at (default: those that are there)",
	 OPTION_TEXT(struct doctor_options, engine)},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct doctor_options, help)},
	{0},
};

static const struct {
	const char *name;
	const struct doctor_check *checks;
} groups[] = {
	{"host", doctor_host_checks},	  {"programs", doctor_program_checks},	   {"policy", doctor_policy_checks},
	{"keys", doctor_key_checks},	  {"audit", doctor_audit_checks},	   {"gate", doctor_gate_checks},
	{"engine", doctor_engine_checks}, {"containers", doctor_container_checks}, {"tools", doctor_tool_checks},
};

static int check_group(const char *name, struct error *err)
{
	const char *names[ARRAY_SIZE(groups) + 1] = {NULL};
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		names[i] = groups[i].name;
		if (strcmp(name, names[i]) == 0)
			return 0;
	}
	const char *near = suggest_nearest(name, names);
	return error_set(err, -EINVAL, "--only %s: there is no such group%s%s%s; see centerctl help doctor", name,
			 near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

static int parse_only(const struct doctor_options *o, struct doctor *d, struct error *err)
{
	cleanup_free char *copy = o->only ? strdup(o->only) : NULL;
	if (o->only && !copy)
		return error_errno(err, -ENOMEM, "--only");
	for (char *rest = copy, *word; rest && (word = strsep(&rest, ","));) {
		int r = check_group(word, err);
		if (r == 0 && strv_add(&d->groups, word) < 0)
			r = error_errno(err, -ENOMEM, "--only");
		if (r < 0)
			return r;
	}
	return 0;
}

static int parse_least(const struct doctor_options *o, enum severity *ret, struct error *err)
{
	*ret = o->verbose ? SEVERITY_OK : SEVERITY_INFO;
	if (!o->least)
		return 0;
	if (o->verbose)
		return error_set(err, -EINVAL, "-v (--verbose) and --min-severity contradict each other");
	return severity_parse(o->least, ret) == 0
		       ? 0
		       : error_set(err, -EINVAL, "--min-severity %s: expected ok, info, warning or error", o->least);
}

/* Names are looked up all over: where that hangs, it is found here. */
static int enumerate(void *arg, int out)
{
	struct error err;
	struct doctor *d = arg;
	(void)out;
	return doctor_find_accounts(d, &err);
}

static int prepare(struct doctor *d, struct error *err)
{
	cleanup_buf struct buf nothing = {0};
	doctor_read_policy(d);
	d->findings.group = "host";
	if (within(10000, enumerate, d, &nothing) == -ETIMEDOUT)
		return error_set(err, -ETIMEDOUT,
				 "this host's names (passwd, group) cannot be listed within 10 seconds: see "
				 "nsswitch.conf(5)");
	int r = doctor_find_accounts(d, err);
	if (r == 0)
		doctor_find_engines(d);
	return r;
}

static void look(struct doctor *d, const char *group, const struct doctor_check *check)
{
	d->findings.group = group;
	if (!check->root || d->root) {
		check->look(d);
		return;
	}
	finding_add(&d->findings, SEVERITY_INFO, "not-checked", check->what, "only root can tell", "not looked at: %s",
		    check->what);
	finding_fix(&d->findings, "sudo centerctl doctor");
}

static int examine(struct doctor *d, struct error *err)
{
	int r = prepare(d, err);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(groups); i++)
		for (const struct doctor_check *c = groups[i].checks; c->look; c++)
			if (!d->groups || strv_has(d->groups, groups[i].name))
				look(d, groups[i].name, c);
	if (r == 0 && d->findings.failed)
		r = error_errno(err, -ENOMEM, "doctor");
	return r;
}

static int print(const struct doctor *d, const struct doctor_options *o, enum severity least)
{
	cleanup_buf struct buf text = {0};
	if (o->json)
		doctor_put_json(d, least, &text);
	else
		doctor_put_text(d, least, colour_wanted(), &text);
	const char *all = buf_text(&text);
	fputs(all ? all : "", stdout);
	return report_flush(stdout);
}

static void doctor_done(struct doctor *d)
{
	findings_done(&d->findings);
	doctor_forget_engines(d);
	strv_free(d->groups);
	strv_free(d->accounts);
	strv_free(d->gates);
	free(d->policy);
}

/* 0, 1 with warnings, 2 with errors, of what is shown. */
static int exit_code(const struct doctor *d, enum severity least)
{
	enum severity worst = findings_worst(&d->findings);
	return worst < least || worst <= SEVERITY_INFO ? 0 : worst == SEVERITY_WARNING ? 1 : 2;
}

static int run(const struct doctor_options *o, char **words, struct error *err)
{
	enum severity least;
	__attribute__((cleanup(doctor_done))) struct doctor d = {
		.sshd_config_file = o->sshd_config, .engine = o->engine, .root = geteuid() == 0};
	for (char **word = words; *word; word++)
		if (**word == '-')
			return error_set(err, -EINVAL, "%s: options stand before the accounts", *word);
	int r = parse_least(o, &least, err);
	if (r == 0)
		r = parse_only(o, &d, err);
	if (r < 0)
		return r;
	d.accounts = strv_copy(words);
	if (!d.accounts)
		return error_errno(err, -ENOMEM, "doctor");
	if (d.engine && !str_starts(d.engine, "unix:///"))
		return error_set(err, -EINVAL,
				 "--engine %s: doctor looks at engines of this host, as unix:///run/docker.sock",
				 d.engine);
	r = examine(&d, err);
	if (r < 0)
		return r;
	int code = print(&d, o, least);
	return code != EXIT_SUCCESS ? code : exit_code(&d, least);
}

static int doctor_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct doctor_options o = {0};
	int first = option_parse(table, "doctor", &o, argc, argv, &err);
	int r = first < 0 ? first : o.help ? help_print_cmd(self, stdout) : run(&o, argv + first, &err);
	free(o.sshd_config);
	free(o.engine);
	free(o.only);
	free(o.least);
	return r < 0 ? report_error(&err) : r;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.usage = "[OPTIONS] [ACCOUNT...]",
	.summary = "Look for what is not right with this host",
	.max_operands = -1,
	.options = table,
	.notes =
		"ACCOUNT is a gate account. Without one, those whose shell is centerctl-gate and those that the policy "
		"names.\n"
		"Nothing is changed. Others than root are told which checks could not be made.\n\n"
		"Exit code: 0 if all is well, 1 with warnings, 2 with errors (of what is shown), 125 centerctl "
		"failed.\n",
	.run = doctor_run,
};

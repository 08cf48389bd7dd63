/* SPDX-License-Identifier: ISC */
/* `centerctl doctor`: whether this host keeps what SECURITY.md promises. So far what belongs to sessions through SSH.
 */
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/cell.h"
#include "lib/client/report.h"

struct doctor_options {
	bool json, help;
	char *sshd_config;
};

static int set_json(void *options, const char *value, struct error *err)
{
	(void)err;
	struct doctor_options *o = options;
	o->json = value == OPTION_ON;
	return 0;
}

static int set_help(void *options, const char *value, struct error *err)
{
	(void)err;
	struct doctor_options *o = options;
	o->help = value == OPTION_ON;
	return 0;
}

static int set_sshd_config(void *options, const char *value, struct error *err)
{
	struct doctor_options *o = options;
	return str_set(&o->sshd_config, value) < 0 ? error_errno(err, -ENOMEM, "--sshd-config") : 0;
}

static const struct option_def table[] = {
	{0, "json", NULL, "As JSON", set_json},
	{0, "sshd-config", "FILE", "The configuration that sshd is started with, if not its own", set_sshd_config},
	{'h', "help", NULL, "Show this help", set_help},
	{0},
};

static const char *severity_name(enum severity s)
{
	return s == SEVERITY_ERROR ? "error" : s == SEVERITY_WARNING ? "warning" : "note";
}

static void put_text(const struct doctor *d, struct buf *to)
{
	size_t errors = 0, warnings = 0, count = d->findings.count;
	for (size_t i = 0; i < count; i++) {
		const struct finding *f = &d->findings.list[i];
		errors += f->severity == SEVERITY_ERROR;
		warnings += f->severity == SEVERITY_WARNING;
		buf_printf(to, "%s: ", severity_name(f->severity));
		cell_put(to, f->what);
		buf_printf(to, "\n  why:  %s", f->why);
		if (f->mend) {
			buf_puts(to, "\n  mend: ");
			cell_put(to, f->mend);
		}
		buf_puts(to, "\n\n");
	}
	buf_puts(to, d->gates ? "gate accounts:" : "no gate account: nobody comes in through SSH");
	for (char **name = d->gates; name && *name; name++) {
		buf_puts(to, " ");
		cell_put(to, *name);
	}
	buf_printf(to, "\n%zu error%s, %zu warning%s\n", errors, errors == 1 ? "" : "s", warnings,
		   warnings == 1 ? "" : "s");
}

static void put_json(const struct doctor *d, struct buf *to)
{
	buf_puts(to, "{\"accounts\": ");
	cell_put_json_list(to, d->accounts);
	buf_puts(to, ", \"findings\": [");
	for (size_t i = 0; i < d->findings.count; i++) {
		const struct finding *f = &d->findings.list[i];
		buf_printf(to, "%s\n {\"severity\": \"%s\", \"what\": ", i > 0 ? "," : "", severity_name(f->severity));
		cell_put_json(to, f->what);
		buf_puts(to, ", \"why\": ");
		cell_put_json(to, f->why);
		buf_puts(to, ", \"mend\": ");
		if (f->mend)
			cell_put_json(to, f->mend);
		else
			buf_puts(to, "null");
		buf_puts(to, "}");
	}
	buf_puts(to, d->findings.count > 0 ? "\n]}\n" : "]}\n");
}

static void look_at(struct doctor *d, const char *account)
{
	cleanup_sshd_config struct sshd_config config = {0};
	if (!doctor_is_gate(d, account))
		return;
	bool known = doctor_ask_sshd(d, account, &config) == 0;
	doctor_look_at_account(d, account, known ? &config : NULL);
	if (known)
		doctor_look_at_sshd(d, account, &config);
}

static int examine(struct doctor *d, struct error *err)
{
	if (geteuid() != 0)
		return error_set(err, -EPERM, "only root can see all that matters: sudo centerctl doctor");
	doctor_look_at_installation(d);
	int r = doctor_find_accounts(d, err);
	for (char **name = d->accounts; r == 0 && name && *name; name++)
		look_at(d, *name);
	if (r == 0 && d->findings.failed)
		r = error_errno(err, -ENOMEM, "doctor");
	return r;
}

static int print(const struct doctor *d, bool json)
{
	cleanup_buf struct buf text = {0};
	if (json)
		put_json(d, &text);
	else
		put_text(d, &text);
	const char *all = buf_text(&text);
	fputs(all ? all : "", stdout);
	return report_flush(stdout);
}

static void doctor_done(struct doctor *d)
{
	findings_done(&d->findings);
	strv_free(d->accounts);
	strv_free(d->gates);
	free(d->policy);
}

static int run(const struct cmd *self, struct doctor_options *o, int argc, char **argv)
{
	struct error err;
	int first = option_parse(table, "doctor", o, argc, argv, &err);
	if (first < 0)
		return report_error(&err);
	if (o->help)
		return help_print_cmd(self, stdout);
	for (int i = first; i < argc; i++)
		if (*argv[i] == '-') {
			error_set(&err, -EINVAL, "%s: options stand before the accounts", argv[i]);
			return report_error(&err);
		}
	__attribute__((cleanup(doctor_done))) struct doctor d = {.sshd_config_file = o->sshd_config};
	d.accounts = strv_copy(argv + first);
	if (!d.accounts)
		error_errno(&err, -ENOMEM, "doctor");
	if (!d.accounts || examine(&d, &err) < 0)
		return report_error(&err);
	int code = print(&d, o->json);
	return code != EXIT_SUCCESS ? code : (int)findings_worst(&d.findings);
}

static int doctor_run(const struct cmd *self, int argc, char **argv)
{
	struct doctor_options o = {0};
	int code = run(self, &o, argc, argv);
	free(o.sshd_config);
	return code;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.usage = "[OPTIONS] [ACCOUNT...]",
	.summary = "Look for what weakens this host's gate accounts",
	.max_operands = -1,
	.options = table,
	.notes = "Without ACCOUNT, those whose shell is centerctl-gate and those that the policy names as gates. "
		 "Nothing is\n"
		 "changed. Exit code: 0 if all is well, 1 with warnings, 2 with errors.\n",
	.run = doctor_run,
};

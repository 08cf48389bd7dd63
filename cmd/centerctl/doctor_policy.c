/* SPDX-License-Identifier: ISC */
/* The policy: whether it can be read, and what `policy lint` says of it. */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "doctor.h"
#include "doctor_within.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/policy/lint.h"
#include "policy.h"

enum { LINT_MS = 10000 };

static const char gate_program[] = CENTERCTL_BINDIR "/centerctl-gate";

void doctor_read_policy(struct doctor *d)
{
	struct error err;
	struct plain_reader state;
	policy_open(NULL, &state, &d->policy, &err);
}

static void look_at_policy(struct doctor *d)
{
	struct error err;
	struct plain_reader state;
	cleanup_free struct policy *p = NULL;
	int r = policy_open(NULL, &state, &p, &err);
	if (r == 0) {
		finding_ok(&d->findings, "policy", policy_file, "%s can be read, and has no error", policy_file);
		return;
	}
	if (r == -EACCES && !d->root) {
		finding_add(&d->findings, SEVERITY_INFO, "not-checked", policy_file, "only root can tell",
			    "not looked at: %s", policy_file);
		return;
	}
	/* A host that nobody but root uses needs none. */
	finding_add(&d->findings, r == -ENOENT && !d->gates ? SEVERITY_INFO : SEVERITY_ERROR,
		    r == -ENOENT ? "policy-missing" : "policy-error", policy_file, "nobody but root can enter anything",
		    "%s", err.text);
	if (r == -ENOENT)
		finding_fix(&d->findings, "write %s, see centerctl.conf(5)", policy_file);
	else
		finding_fix(&d->findings, "centerctl policy check, until it says nothing");
}

/* "COUNT\nFIRST": for a policy of many rules this takes minutes, and it looks names up. */
static int lint(void *arg, int out)
{
	size_t count;
	struct error err;
	cleanup_buf struct buf said = {0};
	(void)arg;
	int r = policy_lint_installed(&count, &said, &err);
	if (r < 0)
		return r;
	char head[32];
	int len = snprintf(head, sizeof(head), "%zu\n", count);
	r = write_full(out, head, (size_t)len);
	return r == 0 && said.len > 0 ? write_full(out, said.data, said.len) : r;
}

static void look_at_lint(struct doctor *d)
{
	cleanup_buf struct buf said = {0};
	if (!d->policy)
		return;
	int r = within(LINT_MS, lint, NULL, &said);
	const char *text = r == 0 ? buf_text(&said) : NULL;
	if (!text) {
		finding_add(&d->findings, SEVERITY_INFO, "policy-lint", policy_file,
			    r == -ETIMEDOUT ? "it was not done within 10 seconds" : "it did not come to its end",
			    "what the policy may not mean was not looked for");
		finding_fix(&d->findings, "centerctl policy lint");
		return;
	}
	unsigned long count = strtoul(text, NULL, 10);
	if (count == 0) {
		finding_ok(&d->findings, "policy-lint", policy_file, "centerctl policy lint finds nothing");
		return;
	}
	const char *first = strchr(text, '\n');
	finding_add(&d->findings, SEVERITY_WARNING, "policy-lint", policy_file,
		    "these rules, keys or accounts probably do not do what they were written for",
		    "centerctl policy lint finds %lu thing%s; the first: %s", count, count == 1 ? "" : "s",
		    first ? first + 1 : "");
	finding_fix(&d->findings, "centerctl policy lint, and mend what it names");
}

static void add(struct doctor *d, const char *name)
{
	if (!strv_has(d->gates, name) && strv_add(&d->gates, name) < 0)
		d->findings.failed = true;
}

static void add_gate(void *arg, const char *file, unsigned line, const char *name)
{
	(void)file;
	(void)line;
	struct doctor *d = arg;
	if (policy_is_gate(d->policy, name))
		add(d, name);
}

int doctor_find_accounts(struct doctor *d, struct error *err)
{
	bool named = *d->accounts;
	if (d->policy)
		policy_each_account(d->policy, add_gate, d);
	setpwent();
	for (const struct passwd *p; (p = getpwent());)
		if (strcmp(p->pw_shell, gate_program) == 0)
			add(d, p->pw_name);
	endpwent();
	for (char **name = d->gates; !named && name && *name; name++)
		if (strv_add(&d->accounts, *name) < 0)
			d->findings.failed = true;
	return d->findings.failed ? error_errno(err, -ENOMEM, "the list of accounts") : 0;
}

const struct doctor_check doctor_policy_checks[] = {
	{"the policy", false, look_at_policy},
	{"what the policy may not mean", true, look_at_lint},
	{0},
};

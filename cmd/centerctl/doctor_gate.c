/* SPDX-License-Identifier: ISC */
/* The gate accounts, one after the other. */
#include "doctor.h"

static void look_at(struct doctor *d, const char *account)
{
	cleanup_sshd_config struct sshd_config config = {0};
	size_t before = d->findings.count;
	if (!doctor_is_gate(d, account))
		return;
	bool known = doctor_ask_sshd(d, account, &config) == 0;
	doctor_look_at_account(d, account, known ? &config : NULL);
	if (known)
		doctor_look_at_sshd(d, account, &config);
	for (size_t i = before; i < d->findings.count; i++)
		if (d->findings.list[i].severity > SEVERITY_INFO)
			return;
	finding_ok(&d->findings, "gate", account, "%s is a gate account and nothing else", account);
}

static void look_at_accounts(struct doctor *d)
{
	for (char **name = d->accounts; name && *name; name++)
		look_at(d, *name);
}

const struct doctor_check doctor_gate_checks[] = {
	{"the gate accounts, and what sshd permits to them", true, look_at_accounts},
	{0},
};

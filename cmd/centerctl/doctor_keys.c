/* SPDX-License-Identifier: ISC */
/* Who is let in: the registry, and other files that sshd takes for gate accounts. */
#include <string.h>

#include "config.h"
#include "doctor.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/gate/registry_check.h"

static const char gate_program[] = CENTERCTL_BINDIR "/centerctl-gate";

void doctor_fix_program(struct doctor *d, const char *file, size_t line)
{
	finding_fix(&d->findings, "sed -i '%zus,command=\"[^ \"]*,command=\"%s,' %s", line, gate_program, file);
}

struct telling {
	struct doctor *d;
	const char *path;
};

static void tell(void *arg, size_t line, const char *text)
{
	const struct telling *t = arg;
	struct findings *f = &t->d->findings;
	bool other_program = str_starts(text, "the forced command is not"),
	     bare = str_starts(text, "there is no restrict");
	finding_add(f, other_program ? SEVERITY_ERROR : SEVERITY_WARNING,
		    other_program ? "key-program"
		    : bare	  ? "key-restrict"
				  : "key",
		    t->path,
		    other_program ? "this key opens nothing"
		    : bare ? "without it a key may forward ports and agents as far as sshd's configuration permits"
			   : "this file says who is let in, and what as",
		    "%s:%zu: %s", t->path, line, text);
	if (other_program)
		doctor_fix_program(t->d, t->path, line);
	else if (bare)
		finding_fix(f, "sed -i '%zus/^/restrict,pty,/' %s", line, t->path);
	else
		finding_fix(f, "centerctl keys check --file %s, and mend that line", t->path);
}

void doctor_look_at_keys(struct doctor *d, const char *path)
{
	struct error err;
	struct telling t = {d, path};
	cleanup_registry struct registry r = {0};
	int opened = registry_open(path, &r, &err);
	long found = opened < 0 ? 0 : registry_check(&r, tell, &t);
	if (opened < 0) {
		finding_add(&d->findings, SEVERITY_ERROR, "key-file", path,
			    "the gate lets nobody in: whoever can write there says who is who", "%s", err.text);
		finding_fix(&d->findings, "chown root:root FILE && chmod go-w FILE, for what is named there");
	} else if (found < 0) {
		d->findings.failed = true;
	} else if (found == 0) {
		finding_ok(&d->findings, "key-file", path, "%s: every line is as it should be", path);
	}
}

static void look_at_registry(struct doctor *d)
{
	doctor_look_at_keys(d, REGISTRY_PATH);
}

const struct doctor_check doctor_key_checks[] = {
	{"the registry of keys", true, look_at_registry},
	{0},
};

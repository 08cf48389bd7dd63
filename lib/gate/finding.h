/* SPDX-License-Identifier: ISC */
/* What is wrong with a host, why that matters, and what mends it. */
#ifndef CENTERCTL_GATE_FINDING_H
#define CENTERCTL_GATE_FINDING_H

#include <stdbool.h>
#include <stddef.h>

enum severity {
	SEVERITY_NOTE = -1, /* all is well; something more is possible */
	SEVERITY_NONE = 0,
	SEVERITY_WARNING, /* it works, with less protection than there could be */
	SEVERITY_ERROR,	  /* it does not work, or a promise of SECURITY.md does not hold */
};

struct finding {
	enum severity severity;
	char *what;
	const char *why; /* a constant */
	char *mend;	 /* a command, or a line of a file; NULL: what says it all */
};

struct findings {
	struct finding *list;
	size_t count;
	bool failed; /* memory ran out */
};

void findings_done(struct findings *f);
#define cleanup_findings __attribute__((cleanup(findings_done)))

void finding_add(struct findings *f, enum severity severity, const char *why, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* For the one that was added last. */
void finding_mend(struct findings *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

enum severity findings_worst(const struct findings *f);

#endif

/* SPDX-License-Identifier: ISC */
/* What is right or wrong with a host, why that matters, and what mends it. */
#ifndef CENTERCTL_DOCTOR_FINDING_H
#define CENTERCTL_DOCTOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>

enum severity {
	SEVERITY_OK = 0,  /* was looked at, and is as it should be */
	SEVERITY_INFO,	  /* all is well; something more is possible, or could not be looked at */
	SEVERITY_WARNING, /* it works, with less protection than there could be */
	SEVERITY_ERROR,	  /* it does not work, or a promise of SECURITY.md does not hold */
};

struct finding {
	const char *id;	   /* a word that stays the same from version to version */
	const char *group; /* what kind of thing was looked at */
	enum severity severity;
	char *subject; /* the thing itself: a file, an account, a container */
	char *what;
	const char *why; /* a constant; empty where nothing is wrong */
	char *fix;	 /* a command, or a line of a file; NULL: what says it all */
};

struct findings {
	struct finding *list;
	size_t count;
	const char *group; /* of those that are added from now on */
	bool failed;	   /* memory ran out */
};

void findings_done(struct findings *f);
#define cleanup_findings __attribute__((cleanup(findings_done)))

/* `id` and `why` are constants. */
void finding_add(struct findings *f, enum severity severity, const char *id, const char *subject, const char *why,
		 const char *format, ...) __attribute__((format(printf, 6, 7)));
/* For the one that was added last. */
void finding_fix(struct findings *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
void finding_ok(struct findings *f, const char *id, const char *subject, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

enum severity findings_worst(const struct findings *f);

/* "ok", "info", "warning", "error"; and back: 0 or -EINVAL. */
const char *severity_name(enum severity s);
int severity_parse(const char *word, enum severity *ret);

#endif

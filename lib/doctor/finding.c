/* SPDX-License-Identifier: ISC */
#include "finding.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void findings_done(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->list[i].subject);
		free(f->list[i].what);
		free(f->list[i].fix);
	}
	free(f->list);
	*f = (struct findings){0};
}

__attribute__((format(printf, 3, 0))) static void set(struct findings *f, char **to, const char *format, va_list args)
{
	if (vasprintf(to, format, args) < 0) {
		*to = NULL;
		f->failed = true;
	}
}

static struct finding *append(struct findings *f, enum severity severity, const char *id, const char *subject,
			      const char *why)
{
	struct finding *bigger = reallocarray(f->list, f->count + 1, sizeof(*bigger));
	char *copy = strdup(subject);
	if (bigger)
		f->list = bigger;
	if (!bigger || !copy) {
		free(copy);
		f->failed = true;
		return NULL;
	}
	struct finding *new = &f->list[f->count++];
	*new = (struct finding){
		.id = id, .group = f->group ? f->group : "", .severity = severity, .subject = copy, .why = why};
	return new;
}

void finding_add(struct findings *f, enum severity severity, const char *id, const char *subject, const char *why,
		 const char *format, ...)
{
	struct finding *new = append(f, severity, id, subject, why);
	va_list args;
	if (!new)
		return;
	va_start(args, format);
	set(f, &new->what, format, args);
	va_end(args);
}

void finding_ok(struct findings *f, const char *id, const char *subject, const char *format, ...)
{
	struct finding *new = append(f, SEVERITY_OK, id, subject, "");
	va_list args;
	if (!new)
		return;
	va_start(args, format);
	set(f, &new->what, format, args);
	va_end(args);
}

void finding_fix(struct findings *f, const char *format, ...)
{
	va_list args;
	if (f->count == 0 || f->failed)
		return;
	va_start(args, format);
	free(f->list[f->count - 1].fix);
	set(f, &f->list[f->count - 1].fix, format, args);
	va_end(args);
}

enum severity findings_worst(const struct findings *f)
{
	enum severity worst = SEVERITY_OK;
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].severity > worst)
			worst = f->list[i].severity;
	return worst;
}

static const char *const names[] = {"ok", "info", "warning", "error"};

const char *severity_name(enum severity s)
{
	return names[s];
}

int severity_parse(const char *word, enum severity *ret)
{
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(word, names[i]) != 0)
			continue;
		*ret = (enum severity)i;
		return 0;
	}
	return -EINVAL;
}

/* SPDX-License-Identifier: ISC */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void findings_done(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->list[i].what);
		free(f->list[i].mend);
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

void finding_add(struct findings *f, enum severity severity, const char *why, const char *format, ...)
{
	struct finding *bigger = realloc(f->list, (f->count + 1) * sizeof(*bigger));
	if (!bigger) {
		f->failed = true;
		return;
	}
	f->list = bigger;
	struct finding *new = &f->list[f->count++];
	*new = (struct finding){.severity = severity, .why = why};
	va_list args;
	va_start(args, format);
	set(f, &new->what, format, args);
	va_end(args);
}

void finding_mend(struct findings *f, const char *format, ...)
{
	if (f->count == 0 || f->failed)
		return;
	va_list args;
	va_start(args, format);
	free(f->list[f->count - 1].mend);
	set(f, &f->list[f->count - 1].mend, format, args);
	va_end(args);
}

enum severity findings_worst(const struct findings *f)
{
	enum severity worst = SEVERITY_NONE;
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].severity > worst)
			worst = f->list[i].severity;
	return worst;
}

/* SPDX-License-Identifier: ISC */
/* What doctor found, for people and for programs. */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "lib/client/cell.h"

static const char *colour_of(enum severity s)
{
	static const char *const colours[] = {"\033[32m", "\033[36m", "\033[33m", "\033[1;31m"};
	return colours[s];
}

static void put_finding(const struct finding *f, bool colour, struct buf *to)
{
	buf_printf(to, "%s%s%s: ", colour ? colour_of(f->severity) : "", severity_name(f->severity),
		   colour ? "\033[0m" : "");
	cell_put(to, f->what);
	buf_printf(to, " [%s]\n", f->id);
	if (*f->why)
		buf_printf(to, "  why:  %s\n", f->why);
	if (f->fix) {
		buf_puts(to, "  fix:  ");
		cell_put(to, f->fix);
		buf_puts(to, "\n");
	}
}

static void put_count(struct buf *to, size_t count, const char *word, const char *end)
{
	buf_printf(to, "%zu %s%s%s", count, word, count == 1 ? "" : "s", end);
}

static void put_sum(const struct doctor *d, struct buf *to)
{
	size_t count[SEVERITY_ERROR + 1] = {0};
	for (size_t i = 0; i < d->findings.count; i++)
		count[d->findings.list[i].severity]++;
	buf_puts(to, d->gates ? "gate accounts:" : "no gate account: nobody comes in through SSH");
	for (char **name = d->gates; name && *name; name++) {
		buf_puts(to, " ");
		cell_put(to, *name);
	}
	buf_puts(to, "\n");
	put_count(to, count[SEVERITY_ERROR], "error", ", ");
	put_count(to, count[SEVERITY_WARNING], "warning", ", ");
	put_count(to, count[SEVERITY_INFO], "note", ", ");
	buf_printf(to, "%zu in order\n", count[SEVERITY_OK]);
}

void doctor_put_text(const struct doctor *d, enum severity least, bool colour, struct buf *to)
{
	const char *group = "";
	for (size_t i = 0; i < d->findings.count; i++) {
		const struct finding *f = &d->findings.list[i];
		if (f->severity < least)
			continue;
		if (strcmp(group, f->group) != 0) {
			buf_printf(to, "%s%s== %s ==%s\n", *group ? "\n" : "", colour ? "\033[1m" : "", f->group,
				   colour ? "\033[0m" : "");
			group = f->group;
		}
		put_finding(f, colour, to);
	}
	if (*group)
		buf_puts(to, "\n");
	put_sum(d, to);
}

void doctor_put_json(const struct doctor *d, enum severity least, struct buf *to)
{
	const char *before = "\n {";
	buf_puts(to, "[");
	for (size_t i = 0; i < d->findings.count; i++) {
		const struct finding *f = &d->findings.list[i];
		if (f->severity < least)
			continue;
		buf_printf(to, "%s\"id\": \"%s\", \"group\": \"%s\", \"severity\": \"%s\", \"subject\": ", before,
			   f->id, f->group, severity_name(f->severity));
		cell_put_json(to, f->subject);
		buf_puts(to, ", \"what\": ");
		cell_put_json(to, f->what);
		buf_puts(to, ", \"why\": ");
		cell_put_json(to, f->why);
		buf_puts(to, ", \"fix\": ");
		if (f->fix)
			cell_put_json(to, f->fix);
		else
			buf_puts(to, "null");
		buf_puts(to, "}");
		before = ",\n {";
	}
	buf_puts(to, *before == ',' ? "\n]\n" : "]\n");
}

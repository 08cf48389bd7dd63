/* SPDX-License-Identifier: ISC */
/* The one place where centerctl speaks to stderr: one line, `centerctl: TEXT`, that shows on a terminal as it is. */
#ifndef CENTERCTL_CLIENT_REPORT_H
#define CENTERCTL_CLIENT_REPORT_H

#include <stdio.h>

#include "lib/base/error.h"

/* Control bytes and invalid UTF-8 in text are escaped; escapes that are there already are not escaped again. */
void report_text(const char *text);
void report_warning(const char *text);

/* What report_text() said last, without "centerctl: "; empty before. */
const char *report_last(void);

/* Returns EXIT_OURS, so that verbs write `return report_error(&err)`. */
int report_error(const struct error *err);

/* EXIT_SUCCESS if all that was printed reached `to`, else an error is reported and it is EXIT_OURS. */
int report_flush(FILE *to);

#endif

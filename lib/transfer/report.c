/* SPDX-License-Identifier: ISC */
#include "report.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

const char *transfer_show(char room[TRANSFER_SHOWN], const char *path)
{
	const size_t half = 96; /* an escaped byte takes up to four */
	size_t len = strlen(path);
	if (len <= 2 * half) {
		text_escape(room, TRANSFER_SHOWN, path, len);
		return room;
	}
	char head[TRANSFER_SHOWN / 2 - 2], tail[TRANSFER_SHOWN / 2 - 2];
	text_escape(head, sizeof(head), path, half / 2);
	text_escape(tail, sizeof(tail), path + len - half / 2, half / 2);
	snprintf(room, TRANSFER_SHOWN, "%s...%s", head, tail);
	return room;
}

static void line(struct transfer_report *r, const char *text)
{
	if (r->say)
		r->say(r->arg, text);
}

void transfer_failed(struct transfer_report *r, int errnum, const char *what, const char *path)
{
	char shown[TRANSFER_SHOWN], text[ERROR_TEXT_MAX];
	snprintf(text, sizeof(text), "cannot %s %s%s%s", what, transfer_show(shown, path), errnum ? ": " : "",
		 errnum ? error_name(errnum) : "");
	r->failed = true;
	line(r, text);
}

void transfer_note(struct transfer_report *r, const char *path, const char *why)
{
	char shown[TRANSFER_SHOWN], text[ERROR_TEXT_MAX];
	snprintf(text, sizeof(text), "%s: %s", transfer_show(shown, path), why);
	line(r, text);
}

void transfer_refused(struct transfer_report *r, const char *path, const char *why)
{
	r->failed = true;
	transfer_note(r, path, why);
}

void transfer_add(const struct transfer_report *r, uint64_t bytes, uint64_t files)
{
	if (!r->count)
		return;
	if (bytes)
		atomic_fetch_add_explicit(&r->count->bytes, bytes, memory_order_relaxed);
	if (files)
		atomic_fetch_add_explicit(&r->count->files, files, memory_order_relaxed);
}

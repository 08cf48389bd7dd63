/* SPDX-License-Identifier: ISC */
/*
 * What a recorded program wrote to its terminal, made harmless for another one. A terminal answers some sequences by
 * typing (device status, answerback, title reports, DECRQSS: CVE-2003-0063, CVE-2008-2383), others write its clipboard,
 * print, move its window or change what its keys send.
 *
 * Nothing is passed on but what is known: text, cursor movement, erasing, colours, scrolling, tabs, and modes that
 * concern the picture alone. Strings (OSC, DCS, APC, PM, SOS) are left out whole. A sequence is passed on only once its
 * last byte has come, in our own spelling, so that no terminal can read it otherwise. Pure functions.
 */
#ifndef CENTERCTL_AUDIT_SCREEN_H
#define CENTERCTL_AUDIT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

enum { SCREEN_SEQUENCE_MAX = 128 };

enum screen_state {
	SCREEN_TEXT = 0,
	SCREEN_ESCAPE, /* ESC, and intermediate bytes */
	SCREEN_CSI,
	SCREEN_CSI_IGNORE, /* one that is too long */
	SCREEN_STRING,
	SCREEN_STRING_ESCAPE, /* ESC inside of a string: its end, if a backslash follows */
};

struct screen {
	enum screen_state state;
	char kept[SCREEN_SEQUENCE_MAX]; /* of the sequence, behind its introducer; or of a character */
	size_t len;
	bool bell_ends; /* the string is an OSC */
	bool alternate; /* the alternate screen is shown */
};

/* Appends what may be shown of text, which may be cut anywhere. */
void screen_filter(struct screen *s, const char *text, size_t len, struct buf *to);

/* Appends what puts the viewer's terminal back to how a shell expects it. */
void screen_leave(const struct screen *s, struct buf *to);

#endif

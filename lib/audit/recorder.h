/* SPDX-License-Identifier: ISC */
/*
 * The recording of one session with a terminal, as asciicast v2 (docs.asciinema.org/manual/asciicast/v2): a header
 * line, then [seconds, "o" | "i" | "r", text]. Text is escaped as in event.h, so that nothing is lost and strict
 * players take it; a character that is cut by a read is kept until the rest comes. The last line is [seconds, "x",
 * "end"], or "cut" where the recording could not go on; players skip what they do not know. Without it, the writer was
 * killed.
 *
 * Runs as: root, with SIGXFSZ ignored. The directory is made (0700) if it is not there, and must be root's alone and
 * closed to others; the file is DIR/ID.cast, 0600, made with O_EXCL and O_NOFOLLOW. Every function that writes returns
 * 0 or -errno; after an error the session must end. Times are from CLOCK_MONOTONIC.
 */
#ifndef CENTERCTL_AUDIT_RECORDER_H
#define CENTERCTL_AUDIT_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "lib/base/error.h"

struct recorder; /* heap */

struct recorder_setup {
	const char *directory;
	const char *session; /* audit_is_session_id(), or -EINVAL */
	uint16_t rows, cols;
	int64_t wall_ms;
	const char *term, *title; /* title: "USER@CONTAINER by WHOM" */
	char *const *argv;
};

/* Nothing but the header is in the file then. -EEXIST: there is a recording of that name already. */
int recorder_open(const struct recorder_setup *s, struct recorder **ret, struct error *err);
int recorder_output(struct recorder *r, const char *data, size_t len);
int recorder_input(struct recorder *r, const char *data, size_t len);
int recorder_resize(struct recorder *r, uint16_t rows, uint16_t cols);
/* Writes what was kept back, a last event, and frees; NULL is allowed. complete: false marks a recording that was cut.
 */
int recorder_close(struct recorder *r, bool complete);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The recording of one session with a terminal, as asciicast v2 (docs.asciinema.org/manual/asciicast/v2): a header
 * line, then [seconds, "o" | "i" | "r", text]. Bytes that are not UTF-8 are written as \udc80 to \udcff (one each), so
 * that nothing is lost; a character that is cut by a read is kept until the rest comes.
 *
 * Runs as: root. The directory is made (0700) if it is not there, and must be root's alone; the file is DIR/ID.cast,
 * 0600, made with O_EXCL and O_NOFOLLOW. Every function that writes returns 0 or -errno; after an error the session
 * must end. Times are from CLOCK_MONOTONIC.
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
	const char *session; /* audit_is_session_id() */
	uint16_t rows, cols;
	int64_t wall_ms;
	const char *term, *title; /* title: "USER@CONTAINER by WHOM" */
	char *const *argv;
};

int recorder_open(const struct recorder_setup *s, struct recorder **ret, struct error *err);
int recorder_output(struct recorder *r, const char *data, size_t len);
int recorder_input(struct recorder *r, const char *data, size_t len);
int recorder_resize(struct recorder *r, uint16_t rows, uint16_t cols);
/* Writes what was kept back, a last event, and frees; NULL is allowed. complete: false marks a recording that was cut.
 */
int recorder_close(struct recorder *r, bool complete);

#endif

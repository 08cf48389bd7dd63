/* SPDX-License-Identifier: ISC */
/*
 * One error for one failed operation.
 *
 * Fallible functions of the library return 0 (or a useful non-negative value) on success and -errno on failure. Where
 * errno cannot name the cause, the last parameter is a struct error that the caller owns. It has a fixed size and no
 * pointers, so it may be filled after fork() and setns(), and may be sent to another process as it is.
 *
 * The text is one line without a final newline: what failed, on what, and what to do about it.
 */
#ifndef CENTERCTL_BASE_ERROR_H
#define CENTERCTL_BASE_ERROR_H

#include <stdarg.h>

enum { ERROR_TEXT_MAX = 1024 };

struct error {
	int code; /* -errno, 0 while nothing is set */
	char text[ERROR_TEXT_MAX];
};

#define ERROR_INIT ((struct error){0})

/* Records the error and returns code, so that callers write `return error_set(err, -EACCES, "...")`. err may be NULL.
 */
int error_set(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
int error_setv(struct error *err, int code, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

/* As error_set(), with ": " and the text of errno -code appended. */
int error_errno(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts context and ": " before the text that is there. Returns the code that is there. err may be NULL (then 0). */
int error_prepend(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The text of an errno, never NULL, without locale and without allocation. */
const char *error_name(int errnum);

#endif

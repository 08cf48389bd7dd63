/* SPDX-License-Identifier: ISC */
#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* strerrordesc_np(), glibc 2.32: no locale is loaded, which matters inside a container's file system. */
const char *error_name(int errnum)
{
	const char *text = strerrordesc_np(errnum);
	return text ? text : "unknown error";
}

int error_setv(struct error *err, int code, const char *format, va_list args)
{
	if (err) {
		err->code = code;
		vsnprintf(err->text, sizeof(err->text), format, args);
	}
	return code;
}

int error_set(struct error *err, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	error_setv(err, code, format, args);
	va_end(args);
	return code;
}

int error_errno(struct error *err, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	error_setv(err, code, format, args);
	va_end(args);
	if (err) {
		size_t used = strlen(err->text);
		snprintf(err->text + used, sizeof(err->text) - used, ": %s", error_name(-code));
	}
	return code;
}

int error_prepend(struct error *err, const char *format, ...)
{
	if (!err)
		return 0;
	char context[ERROR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(context, sizeof(context), format, args);
	va_end(args);

	size_t have = strlen(context);
	size_t room = sizeof(err->text) - 1;
	if (have + 2 > room)
		return err->code;
	size_t keep = strnlen(err->text, room - have - 2);
	memmove(err->text + have + 2, err->text, keep);
	memcpy(err->text, context, have);
	memcpy(err->text + have, ": ", 2);
	err->text[have + 2 + keep] = '\0';
	return err->code;
}

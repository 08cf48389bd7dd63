/* SPDX-License-Identifier: ISC */
#include "say.h"

#include <string.h>
#include <unistd.h>

#include "io.h"

void say(const char *text)
{
	static const char prefix[] = "centerctl: ";
	char line[sizeof(prefix) + ERROR_TEXT_MAX];
	size_t len = sizeof(prefix) - 1;
	memcpy(line, prefix, len);
	for (; *text && len < sizeof(line) - 1; text++)
		line[len++] = (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text;
	line[len++] = '\n';
	/* One write, so that lines of programs that share the terminal do not mix. */
	(void)!write_full(STDERR_FILENO, line, len);
}

int say_error(const struct error *err)
{
	say(err->text);
	return 125;
}

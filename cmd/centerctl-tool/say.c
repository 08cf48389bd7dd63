/* SPDX-License-Identifier: ISC */
#include "say.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/base/text.h"

/*
 * Lines of a list are kept apart; names in it are escaped by who wrote it, and a backslash is not doubled again: so
 * only what a terminal would obey is looked for here.
 */
static void clean(char *to, const char *text)
{
	for (size_t left = ERROR_TEXT_MAX - 1; *text && left > 0; text++, left--)
		*to++ = ((unsigned char)*text < ' ' && *text != '\n') || *text == 0x7f ? '?' : *text;
	*to = '\0';
}

void say(const char *text)
{
	static const char prefix[] = "centerctl: ";
	char line[sizeof(prefix) + ERROR_TEXT_MAX];
	memcpy(line, prefix, sizeof(prefix));
	clean(line + sizeof(prefix) - 1, text);
	size_t len = strlen(line);
	line[len++] = '\n';
	(void)!write_full(STDERR_FILENO, line, len);
}

int say_error(const struct error *err)
{
	say(err->text);
	return 125;
}

/* SPDX-License-Identifier: ISC */
#include "say.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"

/* Texts come with names that are escaped already: what is looked for here is only what a terminal would obey. */
static void clean(char *to, const char *text)
{
	for (size_t left = ERROR_TEXT_MAX - 1; *text && left > 0; text++, left--)
		*to++ = (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text;
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

void say_about(void *unused, const char *text)
{
	(void)unused;
	say(text);
}

int say_error(const struct error *err)
{
	say(err->text);
	return EXIT_OURS;
}

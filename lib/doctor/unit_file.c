/* SPDX-License-Identifier: ISC */
#include "unit_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static const char blanks[] = " \t\r";

/* The next line with what continues it; NULL at the end, or if memory ran out (*ret_failed). */
static char *next_line(const char **text, bool *ret_failed)
{
	cleanup_buf struct buf line = {0};
	if (!**text)
		return NULL;
	for (bool more = true; more && **text;) {
		size_t len = strcspn(*text, "\n");
		more = len > 0 && (*text)[len - 1] == '\\';
		buf_add(&line, *text, more ? len - 1 : len);
		if (more)
			buf_puts(&line, " ");
		*text += len;
		*text += **text == '\n';
	}
	const char *whole = buf_text(&line);
	char *copy = whole ? strdup(whole) : NULL;
	*ret_failed = !copy;
	return copy;
}

static void trim(char *text)
{
	size_t len = strlen(text);
	while (len > 0 && strchr(blanks, text[len - 1]))
		text[--len] = '\0';
}

static bool is_section(const char *line, const char *section)
{
	size_t len = strlen(section);
	return strncmp(line + 1, section, len) == 0 && line[1 + len] == ']';
}

static int take(char ***values, const char *value)
{
	if (*value)
		return strv_add(values, value);
	strv_free(*values);
	*values = NULL;
	return 0;
}

int unit_file_add(const char *text, const char *section, const char *key, char ***values)
{
	bool failed = false, inside = false;
	size_t key_len = strlen(key);
	for (;;) {
		cleanup_free char *whole = next_line(&text, &failed);
		if (!whole)
			return failed ? -ENOMEM : 0;
		char *line = whole + strspn(whole, blanks);
		trim(line);
		if (*line == '[')
			inside = is_section(line, section);
		if (!inside || strncmp(line, key, key_len) != 0)
			continue;
		char *value = line + key_len + strspn(line + key_len, blanks);
		if (*value != '=')
			continue;
		value++;
		if (take(values, value + strspn(value, blanks)) < 0)
			return -ENOMEM;
	}
}

/* One word, with its quotes taken off. */
static int take_word(const char **line, struct buf *to)
{
	char quote = '\0';
	for (; **line && (quote || !strchr(blanks, **line)); (*line)++) {
		if (quote ? **line == quote : **line == '"' || **line == '\'')
			quote = quote ? '\0' : **line;
		else
			buf_add(to, *line, 1);
	}
	return to->failed ? -ENOMEM : 0;
}

char **unit_file_words(const char *line)
{
	char **words = calloc(1, sizeof(*words));
	line += strspn(line, "@-:+!");
	for (line += strspn(line, blanks); words && *line; line += strspn(line, blanks)) {
		cleanup_buf struct buf word = {0};
		if (take_word(&line, &word) < 0 || strv_add(&words, buf_text(&word)) < 0) {
			strv_free(words);
			return NULL;
		}
	}
	return words;
}

bool unit_listen_is_tcp(const char *value)
{
	return *value && *value != '/' && *value != '@' && *value != '%' && !str_starts(value, "vsock:");
}

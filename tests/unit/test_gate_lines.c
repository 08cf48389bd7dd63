/* SPDX-License-Identifier: ISC */
/* Walks tests/attack/lines.txt: what clients may type, and what becomes of it. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/gate/judge.h"

static const char path[] = CORPUS "/../../attack/lines.txt";

/* \xHH, \n, \t, \\ in place. */
static void unescape(char *text)
{
	char *to = text;
	while (*text) {
		if (*text != '\\') {
			*to++ = *text++;
			continue;
		}
		char hex[3] = {text[2], text[2] ? text[3] : '\0', '\0'};
		*to++ = text[1] == 'n'	 ? '\n'
			: text[1] == 't' ? '\t'
			: text[1] == 'x' ? (char)strtol(hex, NULL, 16)
					 : '\\';
		text += text[1] == 'x' ? 4 : 2;
	}
	*to = '\0';
}

static const char *verdict_of(const struct order *o)
{
	static const char *const answers[] = {[GATE_NOTHING] = "nothing",
					      [GATE_ASK] = "ask",
					      [GATE_SFTP] = "sftp",
					      [GATE_HELP] = "help",
					      [GATE_VERSION] = "version"};
	const struct request *r = &o->options.request;
	if (o->what != GATE_ENTER)
		return answers[o->what];
	if (r->service)
		return "service";
	return r->line && !r->command ? "shell" : "argv";
}

/* "TARGET|WORD|WORD" or "TARGET|LINE", with the bars of a result escaped. */
static bool same(const struct order *o, bool shell, char *result)
{
	const struct request *r = &o->options.request;
	char *at = result, *word = strsep(&at, "|");
	unescape(word);
	if (strcmp(word, r->target) != 0)
		return false;
	if (shell) {
		unescape(at);
		return strcmp(at, r->line) == 0;
	}
	char *const *command = r->command;
	while ((word = strsep(&at, "|"))) {
		unescape(word);
		if (!command || !*command || strcmp(word, *command++) != 0)
			return false;
	}
	return !command || !*command;
}

/* "VERB", "VERB|TARGET", "VERB|TARGET|TARGET" */
static bool same_question(const struct order *o, const char *result)
{
	const struct question *q = &o->question;
	cleanup_buf struct buf is = {0};
	buf_puts(&is, o->verb->name);
	if (q->request.target)
		buf_printf(&is, "|%s", q->request.target);
	for (char *const *t = q->targets; t && *t; t++)
		buf_printf(&is, "|%s", *t);
	return strcmp(buf_text(&is), result) == 0;
}

/* The service stands in front of the container. */
static bool same_service(const struct order *o, char *result)
{
	char *name = strsep(&result, "|");
	return result && strcmp(name, service_name(o->options.request.service)) == 0 && same(o, false, result);
}

static void judge(char *verdict, char *line, char *result, size_t number)
{
	struct error err = ERROR_INIT;
	cleanup_order struct order o = {0};
	unescape(line);
	int r = gate_judge(line, NULL, &o, &err);
	const char *is = r < 0 ? "refuse" : verdict_of(&o);
	if (strcmp(is, verdict) != 0)
		fail_msg("%s:%zu: %s, not %s (%s)", path, number, is, verdict, err.text);
	if (r < 0 && !strstr(err.text, result))
		fail_msg("%s:%zu: \"%s\" does not say \"%s\"", path, number, err.text, result);
	if (r == 0 && o.what == GATE_ASK && !same_question(&o, result))
		fail_msg("%s:%zu: another question", path, number);
	if (r == 0 && strcmp(is, "service") == 0) {
		if (!same_service(&o, result))
			fail_msg("%s:%zu: another service, container or word", path, number);
		return;
	}
	if (r == 0 && o.what == GATE_ENTER && !same(&o, strcmp(is, "shell") == 0, result))
		fail_msg("%s:%zu: another container or command", path, number);
}

static void each_line_has_its_verdict(void **state)
{
	(void)state;
	cleanup_free char *text = NULL;
	size_t len, number = 0, count = 0;
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(read_all(fd, 1 << 20, &text, &len), 0);
	char *rest = text;
	for (char *row; (row = strsep(&rest, "\n"));) {
		number++;
		if (*row == '\0' || *row == '#')
			continue;
		char *verdict = strsep(&row, "\t"), *line = strsep(&row, "\t");
		assert_non_null(row);
		judge(verdict, line, row, number);
		count++;
	}
	assert_true(count > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(each_line_has_its_verdict),
	};
	return RUN(tests);
}

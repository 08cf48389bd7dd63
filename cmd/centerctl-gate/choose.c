/* SPDX-License-Identifier: ISC */
#include "choose.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/listing_print.h"
#include "lib/client/report.h"
#include "lib/policy/policy.h"
#include "lib/proto/request.h"

enum { TRIES_MAX = 10, ANSWER_MAX = 256 };

static bool has_shell(const struct listing *l, const struct listing_row *row)
{
	for (uint32_t i = 0; i < row->grant_count; i++)
		if (row->grants[i].verbs & POLICY_SHELL)
			return true;
	return l->everything;
}

static int print(const struct listing *l, enum listing_style style, const char *behind)
{
	struct error err;
	cleanup_buf struct buf text = {0};
	const struct listing_look look = {
		.style = style,
		.heading = true,
		.colour = colour_wanted(),
	};
	int r = listing_print(l, &look, &text);
	buf_puts(&text, behind);
	if (r == 0)
		r = text.failed ? -ENOMEM : write_full(STDOUT_FILENO, text.data, text.len);
	if (r == 0)
		return EXIT_SUCCESS;
	error_errno(&err, r, "cannot write the list");
	return report_error(&err);
}

static const char *name_of(const struct listing_row *row)
{
	return *row->name ? row->name : row->id;
}

/* NULL, with the reason said, if the row has no shell to offer. */
static char *take(const struct listing *l, const struct listing_row *row)
{
	char text[512];
	if (has_shell(l, row))
		return strdup(name_of(row));
	snprintf(text, sizeof(text), "%s: you may run commands there, but no shell: ssh HOST %s COMMAND", name_of(row),
		 name_of(row));
	report_text(text);
	return NULL;
}

/* A line from the terminal in its usual mode. False at its end. */
static bool read_answer(char answer[ANSWER_MAX])
{
	ssize_t n;
	do {
		n = read(STDIN_FILENO, answer, ANSWER_MAX - 1);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	answer[n] = '\0';
	/* A longer line comes in pieces, none of which means anything by itself; nor does a NUL. */
	if (strlen(answer) != (size_t)n || answer[n - 1] != '\n')
		strcpy(answer, "?");
	size_t skip = strspn(answer, " \t");
	memmove(answer, answer + skip, strlen(answer + skip) + 1);
	answer[strcspn(answer, " \t\r\n")] = '\0';
	return true;
}

static const struct listing_row *find(const struct listing *l, const char *answer)
{
	uint64_t number;
	for (uint32_t i = 0; i < l->count; i++)
		if (strcmp(answer, name_of(&l->rows[i])) == 0)
			return &l->rows[i];
	if (parse_u64(answer, l->count, &number) == 0 && number > 0)
		return &l->rows[number - 1];
	return NULL;
}

static char *menu(const struct listing *l, int *ret_exit)
{
	static const char prompt[] = "Number or name (q leaves): ";
	*ret_exit = print(l, LISTING_NUMBERED, "\n");
	for (int i = 0; i < TRIES_MAX && *ret_exit == EXIT_SUCCESS; i++) {
		char answer[ANSWER_MAX];
		if (write_full(STDOUT_FILENO, prompt, sizeof(prompt) - 1) < 0 || !read_answer(answer) ||
		    strcmp(answer, "q") == 0)
			return NULL;
		const struct listing_row *row = find(l, answer);
		char *name = row ? take(l, row) : NULL;
		if (name)
			return name;
		if (!row && *answer)
			report_text("that is none of them");
	}
	*ret_exit = EXIT_OURS;
	return NULL;
}

static void leave(int number)
{
	_exit(EXIT_SIGNAL_BASE + number);
}

/* A signal must end us while we wait for an answer. */
static char *menu_interruptible(const struct listing *l, int *ret_exit)
{
	sigset_t none, before;
	sigemptyset(&none);
	signal(SIGINT, leave);
	signal(SIGQUIT, leave);
	sigprocmask(SIG_SETMASK, &none, &before);
	char *name = menu(l, ret_exit);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	return name;
}

char *choose_container(const struct listing *l, int *ret_exit)
{
	*ret_exit = EXIT_OURS;
	if (l->count == 0) {
		report_text("there is no container that you may enter: ssh HOST ls -a shows what you may do");
		return NULL;
	}
	if (l->count == 1)
		return take(l, &l->rows[0]);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return menu_interruptible(l, ret_exit);
	*ret_exit = print(l, LISTING_TABLE, "");
	return NULL;
}

static bool has_sftp(const struct listing_row *row)
{
	if (row->state != STATE_RUNNING && row->state != STATE_PAUSED)
		return false;
	for (uint32_t i = 0; i < row->grant_count; i++)
		if (row->grants[i].verbs & POLICY_SFTP)
			return true;
	return false;
}

char *choose_sftp(const struct listing *l, int *ret_exit)
{
	const struct listing_row *only = NULL;
	size_t count = 0;
	*ret_exit = EXIT_OURS;
	for (uint32_t i = 0; i < l->count; i++)
		if (has_sftp(&l->rows[i])) {
			only = &l->rows[i];
			count++;
		}
	if (count == 1)
		return strdup(name_of(only));
	report_text(count == 0 ? "there is no container whose files you may reach by sftp"
			       : "there is more than one container that you may reach by sftp: name one, as in sftp -s "
				 "'sftp /NAME' HOST, or scp -o SetEnv=CENTERCTL_CONTAINER=NAME");
	return NULL;
}
